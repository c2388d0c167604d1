"""Say how the ingest processes are doing, where the web process can read it. Losing this loses nothing."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import structlog
from django.core.cache import cache

from telemetry.queries.health import status_key
from telemetry.services.ingest import Ingested

log = structlog.get_logger(__name__)
KEPT_S = 60
EVERY_S = 1.0


class Heartbeat:
    """Add up what a process did and publish it every second."""

    def __init__(self, process: str) -> None:
        self._key = status_key(process)
        self._totals = Ingested()
        self._lag_s = 0.0
        self._last = 0.0
        self._last_readings = 0

    def count(self, done: Ingested, *, lag_s: float) -> None:
        """Add a batch; `lag_s` is the time from receipt to commit of its oldest message."""
        self._totals += done
        self._lag_s = lag_s

    def is_due(self) -> bool:
        """Tell whether a second has passed since the last beat."""
        return time.monotonic() - self._last >= EVERY_S

    def beat(self, now: datetime, **facts: Any) -> None:
        """Publish totals and facts; a cache that does not answer is no reason to stop."""
        elapsed = time.monotonic() - self._last
        rate = (self._totals.readings - self._last_readings) / elapsed if 0 < elapsed < 60 else 0.0
        self._last, self._last_readings = time.monotonic(), self._totals.readings
        status = {
            "at": now.isoformat(),
            "messages": self._totals.messages,
            "readings": self._totals.readings,
            "dead_letters": self._totals.letters,
            "conflicts": self._totals.conflicts,
            "readings_per_s": round(rate, 1),
            "lag_s": round(self._lag_s, 3),
            **facts,
        }
        try:
            cache.set(self._key, status, KEPT_S)
        except Exception as error:
            log.debug("status.not_published", error=str(error))
