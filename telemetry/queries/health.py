"""How the ingest processes are doing, and figures of telemetry as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Min, Sum
from django.db.models.functions import Coalesce

from backend.core import clock
from telemetry.models import Alarm, DeadLetter, Device, LatestReading, SequenceGap

MEMBERS = tuple(f"ingest-{number}" for number in range(1, 17))
"""The members a shared group of ingesters may have."""
PROCESSES = ("ingest", *MEMBERS, "poll", "sparkplug")
FRESH_S = 15.0


def status_key(process: str) -> str:
    """Return where the status of a process lies in the cache."""
    return f"telemetry:status:{process}"


def process_status(process: str) -> dict[str, Any] | None:
    """Return what a process last said of itself, with `age_s`; None where it said nothing for a minute."""
    status: dict[str, Any] | None = cache.get(status_key(process))
    if status is None:
        return None
    return status | {"age_s": (clock.now() - datetime.fromisoformat(status["at"])).total_seconds()}


def is_ingest_alive() -> bool:
    """Tell whether the ingester, or one of a group, said lately that it listens to a broker."""
    statuses = (process_status(name) for name in ("ingest", *MEMBERS))
    return any(one and one["age_s"] < FRESH_S and one.get("connected") for one in statuses)


def open_alarms_by_state() -> dict[str, int]:
    """Count the alarms that are not normal, by state."""
    rows = Alarm.objects.exclude(state="normal").values_list("state")
    return dict(rows.annotate(count=Count("pk")).order_by())


def totals() -> dict[str, int]:
    """Count what does not go as it should: dead letters, gaps, stale values, rows of no partition."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT 1 FROM telemetry_reading_default LIMIT 10000) AS sample")
        unpartitioned = cursor.fetchone()[0]
    return {
        "dead_letters": DeadLetter.objects.aggregate(n=Coalesce(Sum("occurrences"), 0))["n"],
        "open_gaps": SequenceGap.objects.filter(filled_at=None, abandoned_at=None).count(),
        "stale_values": LatestReading.objects.filter(stale=True).count(),
        "unpartitioned_readings": unpartitioned,
    }


def waiting(now: datetime) -> dict[str, tuple[str, float]]:
    """Return how long numbers have been missing, and how many devices' clocks are off, each with its text."""
    oldest = SequenceGap.objects.filter(filled_at=None, abandoned_at=None).aggregate(at=Min("detected_at"))[
        "at"
    ]
    age_s = (now - oldest).total_seconds() if oldest else 0.0
    off = Device.objects.filter(active=True, clock_quarantined_at__isnull=False).count()
    return {
        "oldest_open_gap_s": ("Age of the oldest gap that is still asked for, seconds.", max(age_s, 0.0)),
        "quarantined_devices": ("Devices whose clock is off.", off),
    }
