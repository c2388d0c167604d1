"""Store what was polled, judge it, and keep it in memory while the database is away. One thread uses this."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime

import structlog
from django.db import Error, OperationalError, transaction

from backend.core import clock
from telemetry.domain.deadband import Deadband, report_changes
from telemetry.models import Device
from telemetry.queries.registry import Registry, load_deadbands
from telemetry.services.alarms import evaluate_rules, tick_alarms
from telemetry.services.ingest import Ingested
from telemetry.services.links import drive_links
from telemetry.services.locks import SessionLock
from telemetry.services.notices import DEVICES_CHANNEL
from telemetry.services.partitions import ensure_partitions
from telemetry.services.polling.plan import PolledDevice, load_plan
from telemetry.services.readings import Row, store_readings
from telemetry.services.status import Heartbeat

log = structlog.get_logger(__name__)

POLL_LOCK = 0x0C4ABA4D
KEPT_ROWS = 500_000
BATCH_ROWS = 5_000


class PollStorage:
    """Own the poller's database connection: the lock, the plan and the writing."""

    def __init__(self) -> None:
        self._lock = SessionLock(POLL_LOCK, listen=DEVICES_CHANNEL)
        self._rows: deque[Row] = deque(maxlen=KEPT_ROWS)
        self._health: dict[int, tuple[datetime, str]] = {}
        self._registry: Registry | None = None
        self._deadbands: dict[int, Deadband] = {}
        self._reported: dict[int, tuple[Row, Row | None]] = {}
        self._heartbeat = Heartbeat("poll")

    def load(self, modbus_url: str) -> list[PolledDevice] | None:
        """Return the plan, or None where another poller is at work or the database is away."""
        try:
            if not self._lock.hold():
                return None
            plan, self._registry = load_plan(modbus_url=modbus_url)
            self._deadbands = load_deadbands()
        except Error as error:
            self._away(error)
            return None
        return plan

    def add(self, rows: Iterable[Row], health: dict[int, tuple[datetime, str]]) -> None:
        """Keep rows for the next flush, and when devices answered or how they failed."""
        self._rows.extend(rows)
        self._health |= health

    def flush(self) -> bool:
        """Store what is kept and let alarm delays end; return whether devices changed since.

        While the database is away nothing is dropped but the oldest beyond half a million rows.
        """
        now = clock.now()
        try:
            if self._registry is None or not self._lock.hold():
                return False
            while self._rows or self._health:
                self._store(now)
            tick_alarms(now=now)
            if self._heartbeat.is_due():
                self._heartbeat.beat(now, state="active", buffered=len(self._rows))
                return self._lock.heard()
        except Error as error:
            self._away(error)
        return False

    def close(self) -> None:
        """Give the lock back."""
        self._lock.forget()

    def _store(self, now: datetime) -> None:
        assert self._registry is not None
        batch = [self._rows[place] for place in range(min(BATCH_ROWS, len(self._rows)))]
        try:
            ensure_partitions(days={row.at.date() for row in batch})
        except OperationalError as error:
            log.warning("telemetry.partition_not_created", error=str(error))
        history, reported = report_changes(batch, self._deadbands, self._reported)
        with transaction.atomic():
            evaluate_rules(rows=batch, ruled=self._registry.ruled, now=now)
            stored = store_readings(rows=batch, history=history)
            drive_links(rows=batch, moved=stored.moved, registry=self._registry)
            self._note_health()
        self._health.clear()
        self._reported = reported
        for _ in batch:
            self._rows.popleft()
        self._heartbeat.count(Ingested(readings=len(batch), new=stored.new), lag_s=0.0)

    def _note_health(self) -> None:
        for device_id, (at, error) in sorted(self._health.items()):
            if error:
                Device.objects.filter(pk=device_id).update(last_error=error, last_error_at=at)
            else:
                Device.objects.filter(pk=device_id).update(last_seen_at=at)

    def _away(self, error: Error) -> None:
        log.warning("poll.database_away", error=str(error).splitlines()[0], kept=len(self._rows))
        self._lock.forget()
