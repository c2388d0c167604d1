"""How long what is kept, by class of sensor; what waits to be rolled up; what retention did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from backend.core import clock
from telemetry.domain.rollups import LEVELS, RAW, Level
from telemetry.models import (
    QuarantinedReading,
    QuarantineState,
    RetentionRun,
    RollupDirt,
    Sensor,
    StoragePolicy,
)


@dataclass(frozen=True, slots=True)
class Policies:
    """Hold the policies by (family, quantity); empty stands for any."""

    by_class: Mapping[tuple[str, str], StoragePolicy]

    def of(self, *, family: str, quantity: str) -> StoragePolicy:
        """Return the narrowest policy of a class, or the built-in one."""
        for key in ((family, quantity), (family, ""), ("", quantity), ("", "")):
            if found := self.by_class.get(key):
                return found
        return StoragePolicy()

    def days(self, level: Level, *, family: str, quantity: str, cumulative: bool) -> int | None:
        """Return how many days a class keeps a level; None is for ever."""
        if level == RAW and cumulative:
            return None
        days: int | None = getattr(self.of(family=family, quantity=quantity), level.column)
        return days


def load_policies() -> Policies:
    """Return the policies as they stand."""
    return Policies({(policy.family, policy.quantity): policy for policy in StoragePolicy.objects.all()})


def levels_kept(sensor: Sensor, policies: Policies, *, since: datetime, now: datetime) -> set[Level]:
    """Return the levels in which a sensor's history still reaches back to an instant."""
    found = set()
    for level in LEVELS:
        days = policies.days(
            level, family=sensor.device.family, quantity=sensor.quantity, cumulative=sensor.cumulative
        )
        if days is None or since >= now - timedelta(days=days):
            found.add(level)
    return found


def oldest_dirt_at() -> datetime | None:
    """Return since when something waits to be rolled up."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(created_at) FROM ((SELECT created_at FROM telemetry_rollupdirt WHERE level = 0"
            " ORDER BY id LIMIT 1) UNION ALL (SELECT created_at FROM telemetry_rollupdirt WHERE level = 1"
            " ORDER BY id LIMIT 1)) AS oldest"
        )
        found: datetime | None = cursor.fetchone()[0]
    return found


def backlog() -> dict[str, tuple[str, float]]:
    """Return what waits: rows of dirt, for how long, readings of clocks that are off, each with its text."""
    oldest = oldest_dirt_at()
    age_s = (clock.now() - oldest).total_seconds() if oldest else 0.0
    held = QuarantinedReading.objects.filter(state=QuarantineState.HELD).count()
    return {
        "rollup_backlog": ("Batches that wait to be rolled up.", RollupDirt.objects.count()),
        "rollup_lag_s": ("Age of the oldest of them, seconds.", max(age_s, 0.0)),
        "quarantined_readings": ("Readings of clocks that are off, held.", held),
    }


def last_runs(limit: int = 10) -> list[RetentionRun]:
    """Return the last runs of retention, newest first."""
    return list(RetentionRun.objects.order_by("-started_at")[:limit])
