"""The loop of the ingester: hold the lock, take, store, acknowledge; wait while the database is away."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Protocol as Shape

import structlog
from django.db import Error

from backend.core import clock
from telemetry.models import Protocol
from telemetry.ports import Message, MessageSource
from telemetry.queries.registry import Registry, load_registry
from telemetry.services.alarms import end_shelvings, tick_alarms
from telemetry.services.alarms.evaluation import next_delay_end
from telemetry.services.gaps import claim_due_asks
from telemetry.services.ingest import Ingested, ingest_messages
from telemetry.services.locks import SessionLock
from telemetry.services.notices import DEVICES_CHANNEL
from telemetry.services.status import Heartbeat

log = structlog.get_logger(__name__)

INGEST_LOCK = 0x0C4ABA4C
MAX_MEMBERS = 16
LIMIT = 2000
LINGER_S = 0.02
IDLE_S = 0.25
STANDBY_S = 0.5
LONGEST_PAUSE_S = 5.0
RELOAD_S = 30.0


def lock_of(share: tuple[str, int] | None) -> int:
    """Return the key of the lock: one for the ingester alone, one for each member of a shared group."""
    if share is None:
        return INGEST_LOCK
    return int.from_bytes(sha256(f"{share[0]}/{share[1]}".encode()).digest()[:8], "big", signed=True)


class StartableSource(MessageSource, Shape):
    """A source that can be left and taken up again."""

    def start(self) -> None:
        """Connect and begin to read."""

    def stop(self) -> None:
        """Leave the session with the broker and forget what was not taken."""

    def follow(self, topics: frozenset[str]) -> None:
        """Listen to these topics too, and no longer to those not named."""

    @property
    def is_connected(self) -> bool:
        """Tell whether messages can arrive."""

    @property
    def buffered(self) -> int:
        """Return how many messages wait."""


class Ingester:
    """Move messages from one source into the database, one process at a time.

    The advisory lock lives on the very connection that writes: whoever commits, holds it. A second ingester
    waits as a standby and takes over when the first one's connection ends. With `share` (group, number) that
    holds for each member of the group by itself.
    """

    def __init__(
        self, source: StartableSource, *, stopping: threading.Event, share: tuple[str, int] | None = None
    ) -> None:
        self._source = source
        self._stopping = stopping
        self._lock = SessionLock(lock_of(share), listen=DEVICES_CHANNEL)
        self._held = self._running = self._waiting = False
        self._registry: Registry | None = None
        self._loaded_at = self._loading_s = 0.0
        self._next_chores = 0.0
        self._heartbeat = Heartbeat(f"ingest-{share[1]}" if share else "ingest")

    def run(self) -> None:
        """Work until told to stop; then leave what is not stored with the broker."""
        pause_s = 0.2
        try:
            while not self._stopping.is_set():
                try:
                    self._step()
                    pause_s = 0.2
                except Error as error:
                    self._database_away(error, pause_s)
                    pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        finally:
            self._source.stop()
            self._lock.forget()

    def _step(self) -> None:
        if not self._hold_lock():
            self._stand_by()
            return
        if not self._running:
            self._source.start()
            self._running = True
        if time.monotonic() >= self._next_chores:
            self._chores(clock.now())
        messages = self._source.take(limit=LIMIT, linger_s=LINGER_S, timeout_s=IDLE_S)
        if messages:
            self._store(messages)

    def _hold_lock(self) -> bool:
        held = self._lock.hold()
        if held and not self._held:
            self._reload()
            self._waiting = False
            log.info("ingest.active")
        self._held = held
        return held

    def _stand_by(self) -> None:
        if not self._waiting:
            log.info("ingest.standby", stood_down=self._running)
        if self._running:
            self._source.stop()
        self._running, self._waiting = False, True
        self._heartbeat.beat(clock.now(), state="standby")
        self._stopping.wait(STANDBY_S)

    def _store(self, messages: Sequence[Message]) -> None:
        """Store a batch, however long the database stays away; acknowledge it only then."""
        pause_s = 0.2
        while not self._stopping.is_set():
            try:
                if not self._hold_lock():
                    self._stand_by()
                    return
                done = ingest_messages(messages=messages, registry=self._known(), now=clock.now())
            except Error as error:
                self._database_away(error, pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                continue
            self._source.acknowledge(messages)
            self._heartbeat.count(done, lag_s=(clock.now() - messages[0].received_at).total_seconds())
            self._after(done)
            return

    def _after(self, done: Ingested) -> None:
        # Whoever declares a device says so; what stays unknown must not have all read anew at each batch.
        if done.unknown and time.monotonic() - self._loaded_at > max(1.0, 20 * self._loading_s):
            self._reload()

    def _known(self) -> Registry:
        if self._registry is None:
            self._reload()
        assert self._registry is not None
        return self._registry

    def _reload(self) -> None:
        began = time.monotonic()
        self._registry = load_registry(protocol=Protocol.MQTT)
        self._source.follow(self._registry.subscriptions)
        self._loaded_at = time.monotonic()
        self._loading_s = self._loaded_at - began

    def _database_away(self, error: Error, pause_s: float) -> None:
        log.warning("ingest.database_away", error=str(error).splitlines()[0], retry_in_s=pause_s)
        self._held = False
        self._lock.forget()
        self._heartbeat.beat(clock.now(), state="database_away", buffered=self._source.buffered)
        self._stopping.wait(pause_s)

    def _chores(self, now: datetime) -> None:
        tick_alarms(now=now)
        due = next_delay_end()
        wait = min(max((due - now).total_seconds(), 0.02), IDLE_S) if due else IDLE_S
        self._next_chores = time.monotonic() + wait
        if self._heartbeat.is_due():
            self._slow_chores(now)

    def _slow_chores(self, now: datetime) -> None:
        end_shelvings(now=now)
        if self._source.is_connected:
            for ask in claim_due_asks(now=now):
                payload = json.dumps({"resend": {"from": ask.first, "to": ask.last}}).encode()
                self._source.publish(f"telemetry/{ask.device}/command", payload)
        if self._lock.heard() or time.monotonic() - self._loaded_at > RELOAD_S:
            self._reload()
        self._heartbeat.beat(
            now, state="active", buffered=self._source.buffered, connected=self._source.is_connected
        )
