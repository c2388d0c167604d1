"""The history of a sensor as a chart wants it: never more points than asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from telemetry.domain.resolution import Grid, choose_grid
from telemetry.domain.rollups import DAY, RAW, Level, covered_s, local_midnight
from telemetry.models import Reading, Sensor
from telemetry.queries.gaps import Gaps, expected_interval_s, gaps_of
from telemetry.queries.storage import levels_kept, load_policies, oldest_dirt_at
from telemetry.sql import statement

UNFOLDED = timedelta(minutes=10)
LONGEST_UNFOLDED = timedelta(days=1)


class Point(NamedTuple):
    """One point. Of a bucket: its start, mean, extremes, first and last value, readings, quality, coverage.

    `quality` of a bucket is 192 where every reading was good, 64 where some were usable, else 0.
    """

    at: datetime
    value: float | None
    low: float | None
    high: float | None
    first: float | None
    last: float | None
    readings: int
    quality: int
    coverage: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """A sensor's points over [start, end), the resolution they have (0 s: readings), and what is missing."""

    sensor: Sensor
    start: datetime
    end: datetime
    resolution: str
    width_s: int
    points: list[Point]
    coverage: float
    gaps: Gaps = field(default_factory=Gaps)


def series(
    sensor: Sensor, start: datetime, end: datetime, *, points: int, now: datetime, resolution: str = "auto"
) -> Series:
    """Return a sensor's history over [start, end) in at most `points` points, extremes kept.

    The readings themselves where they are few enough or asked for; else buckets of roll-ups that
    touch the window. What is newer than ten minutes is taken from the readings.

    Args:
        sensor: with its device.
        start, end: the window of device time, half-open.
        points: the most points wanted.
        now: the present.
        resolution: `auto`, `raw`, `1m`, `15m`, `1h` or `1d`.

    Raises:
        TooManyPointsError: the resolution asked for has more.
    """
    levels = levels_kept(sensor, load_policies(), since=start, now=now)
    if resolution == "raw" or (resolution == "auto" and RAW in levels):
        found = _raw(sensor, start, end, points, now)
        if found is not None:
            return found
    name = "auto" if resolution == "raw" else resolution
    grid = choose_grid(start, end, points=points, levels=levels | {DAY}, name=name)
    return _bucketed(sensor, start, end, grid, now)


def _raw(sensor: Sensor, start: datetime, end: datetime, points: int, now: datetime) -> Series | None:
    interval_s = expected_interval_s(sensor)
    elapsed_s = max((min(end, now) - start).total_seconds(), 0.0)
    if elapsed_s / interval_s > 20 * points:
        return None  # hopeless: do not read twenty times what may be answered
    rows = Reading.objects.filter(sensor_id=sensor.pk, at__gte=start, at__lt=end).order_by("at")
    found = list(rows.values_list("at", "value", "quality")[: points + 1])
    if len(found) > points:
        return None
    usable = sum(value is not None and quality in (192, 64) for _, value, quality in found)
    coverage = covered_s(usable, elapsed_s, interval_s) / elapsed_s if elapsed_s else 0.0
    made = [Point(at, value, value, value, value, value, 1, quality, None) for at, value, quality in found]
    gaps = gaps_of(sensor, start, end, now=now, level=RAW)
    return Series(sensor, start, end, "raw", 0, made, min(coverage, 1.0), gaps)


def _bucketed(sensor: Sensor, start: datetime, end: datetime, grid: Grid, now: datetime) -> Series:
    interval_s = expected_interval_s(sensor)
    starts = grid.start(grid.place(start))
    asked: dict[str, Any] = {
        "sensor_id": sensor.pk,
        "start": starts,
        "end": end,
        "cut": _cut(grid.level, now),
        "interval_s": interval_s,
        "width": timedelta(seconds=grid.width_s),
    }
    if grid.days:
        asked["edges"] = [grid.start(n) for n in range(grid.place(start), grid.place(end) + 1)]
    tail = _DAY_TAIL if grid.level == DAY else statement("queries/series_raw")
    text = statement("queries/series").format(
        level=grid.level.table, tail=tail, bucket=_LOCAL_DAYS if grid.days else _EVENLY
    )
    with connection.cursor() as cursor:
        cursor.execute(text, asked)
        rows = cursor.fetchall()
    until = min(end, now)
    points = [_point(row, grid, until) for row in rows]
    whole_s = max((until - starts).total_seconds(), 1.0)
    coverage = min(sum(row[9] for row in rows) / whole_s, 1.0)
    gaps = gaps_of(sensor, start, end, now=now, level=grid.level)
    return Series(sensor, start, end, grid.level.name, grid.width_s, points, coverage, gaps)


_EVENLY = "date_bin(%(width)s, start, 'epoch')"
# By our own rules of local time: those of the database may be older.
_LOCAL_DAYS = "(%(edges)s::timestamptz[])[width_bucket(start, %(edges)s::timestamptz[])]"
_DAY_TAIL = """
SELECT start, low, high, total, first, last, covered_s, count, good, used FROM telemetry_rollup_1h
WHERE sensor_id = %(sensor_id)s AND start >= greatest(%(start)s, %(cut)s) AND start < %(end)s
"""


def _point(row: tuple[Any, ...], grid: Grid, until: datetime) -> Point:
    at, value, low, high, first, last, count, good, used, covered = row
    ends = grid.start(grid.place(at) + 1)
    length_s = (min(ends, until) - at).total_seconds()
    quality = 192 if good == count else 64 if used else 0
    coverage = min(covered / length_s, 1.0) if length_s > 0 else 1.0
    return Point(at, value, low, high, first, last, int(count), quality, round(coverage, 4))


def _cut(level: Level, now: datetime) -> datetime:
    """Return from when on readings stand in for roll-ups that may not be folded yet."""
    if level == DAY:
        return local_midnight(now)
    unfolded = now - UNFOLDED
    if oldest := oldest_dirt_at():
        unfolded = max(min(unfolded, oldest - UNFOLDED), now - LONGEST_UNFOLDED)
    return datetime.fromtimestamp(unfolded.timestamp() // level.width_s * level.width_s, now.tzinfo)
