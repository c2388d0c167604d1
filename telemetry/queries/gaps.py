"""Intervals in which a sensor told nothing usable, as answers of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from telemetry.domain.rollups import DAY, DAY_S, HOUR, QUARTER, RAW, Level, covered_s
from telemetry.models import Sensor
from telemetry.sql import statement

MISSED_INTERVALS = 3
MOST_GAPS = 1000
MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Gaps:
    """Intervals [start, end) without a usable reading, to within `precision_s`; a thousand at most."""

    intervals: list[tuple[datetime, datetime]] = field(default_factory=list)
    precision_s: int = 0
    truncated: bool = False


def expected_interval_s(sensor: Sensor) -> float:
    """Return after how long a next reading is due: the heartbeat, where a sensor reports on change."""
    heartbeat_s = sensor.heartbeat_s if sensor.deadband is not None else None
    return max(sensor.expected_interval_s, heartbeat_s or 0.0)


def gaps_of(
    sensor: Sensor,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    missed: float = MISSED_INTERVALS,
    level: Level | None = None,
) -> Gaps:
    """Return where a sensor missed more than `missed` expected intervals over [start, end), up to now.

    From the readings themselves over windows that hold up to a hundred thousand, else from the quarters or
    hours: then to within one of those.
    """
    interval_s = expected_interval_s(sensor)
    end = min(end, now)
    if start >= end:
        return Gaps()
    found = level or _level_for((end - start).total_seconds(), interval_s)
    width_s = DAY_S + 3600 if found == DAY else found.width_s
    longest_s = max(missed * interval_s - width_s, 0.0)
    asked: dict[str, Any] = {
        "sensor_id": sensor.pk,
        "start": start,
        "end": end,
        "longest": timedelta(seconds=longest_s),
        "width": timedelta(seconds=width_s),
        "limit": MOST_GAPS + 1,
    }
    seen = _RAW if found == RAW else _LEVEL.format(level=found.table)
    with connection.cursor() as cursor:
        cursor.execute(statement("queries/gaps").format(seen=seen), asked)
        rows = cursor.fetchall()
    return Gaps(rows[:MOST_GAPS], found.width_s, len(rows) > MOST_GAPS)


def coverage_of(sensor: Sensor, start: datetime, end: datetime, *, now: datetime) -> float:
    """Return the share, 0 to 1, of expected intervals of [start, end) up to now with a usable reading."""
    end = min(end, now)
    if (length_s := (end - start).total_seconds()) <= 0:
        return 0.0
    interval_s = expected_interval_s(sensor)
    level = _level_for(length_s, interval_s)
    with connection.cursor() as cursor:
        if level == RAW:
            cursor.execute(_COUNT, [sensor.pk, start, end])
            covered = covered_s(cursor.fetchone()[0], length_s, interval_s)
        else:
            cursor.execute(_COVERED.format(level=level.table), [sensor.pk, start, end])
            covered = cursor.fetchone()[0]
    return min(covered / length_s, 1.0)


def _level_for(length_s: float, interval_s: float) -> Level:
    if length_s / interval_s <= MOST_ROWS:
        return RAW
    return QUARTER if length_s / QUARTER.width_s <= MOST_ROWS else HOUR


_RAW = """
SELECT at AS opens, at AS closes FROM telemetry_reading
WHERE sensor_id = %(sensor_id)s AND at >= %(start)s AND at < %(end)s
  AND quality IN (192, 64) AND value IS NOT NULL
"""
_LEVEL = """
SELECT start AS opens, start + %(width)s::interval AS closes FROM {level}
WHERE sensor_id = %(sensor_id)s AND start > %(start)s::timestamptz - %(width)s::interval AND start < %(end)s
  AND used > 0
"""
_COVERED = """
SELECT coalesce(sum(covered_s), 0) FROM {level} WHERE sensor_id = %s AND start >= %s AND start < %s
"""
_COUNT = """
SELECT count(value) FILTER (WHERE quality IN (192, 64)) FROM telemetry_reading
WHERE sensor_id = %s AND at >= %s AND at < %s
"""
