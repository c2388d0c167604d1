"""Resolutions in which the history is kept, and how time is cut into buckets and partitions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from math import ceil
from typing import Literal
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Africa/Casablanca")
HOUR_S = 3600
DAY_S = 86_400

Every = Literal["day", "month", "year"]


class Stage(IntEnum):
    """What dirt waits for."""

    MINUTES = 0
    REST = 1


@dataclass(frozen=True, slots=True)
class Level:
    """One table of history: its name in the API, its bucket in seconds, how it is partitioned."""

    name: str
    table: str
    column: str
    width_s: int
    time_column: str
    every: Every | None


RAW = Level("raw", "telemetry_reading", "raw_days", 0, "at", "day")
MINUTE = Level("1m", "telemetry_rollup_1m", "minute_days", 60, "start", "day")
QUARTER = Level("15m", "telemetry_rollup_15m", "quarter_days", 900, "start", "month")
HOUR = Level("1h", "telemetry_rollup_1h", "hour_days", HOUR_S, "start", "year")
DAY = Level("1d", "telemetry_rollup_1d", "day_days", DAY_S, "start", None)
ROLLUPS = (MINUTE, QUARTER, HOUR, DAY)
LEVELS = (RAW, *ROLLUPS)
PARTITIONED = (RAW, MINUTE, QUARTER, HOUR)
BY_NAME = {level.name: level for level in LEVELS}


@dataclass(frozen=True, slots=True)
class Span:
    """One partition: its name and the half-open UTC interval that it holds."""

    name: str
    start: datetime
    end: datetime


def span_of(level: Level, day: date) -> Span:
    """Return the partition of a level in which a UTC day lies."""
    if level.every == "day":
        first, last, suffix = day, day + timedelta(days=1), f"{day:%Y%m%d}"
    elif level.every == "month":
        first = day.replace(day=1)
        last, suffix = (first + timedelta(days=32)).replace(day=1), f"{day:%Y%m}"
    else:
        first = day.replace(month=1, day=1)
        last, suffix = first.replace(year=day.year + 1), f"{day:%Y}"
    return Span(f"{level.table}_{suffix}", _midnight(first), _midnight(last))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def local_midnight(at: datetime) -> datetime:
    """Return the instant at which the local day of an instant began, in UTC."""
    return day_start(at.astimezone(LOCAL).date())


def day_start(day: date) -> datetime:
    """Return the instant at which a local day begins, in UTC."""
    return datetime.combine(day, time.min, LOCAL).astimezone(UTC)


Touched = dict[tuple[int, int], int]
"""Bits of the minutes touched, by (sensor, hours since 1970)."""


def touched_minutes(moments: Iterable[tuple[int, datetime]]) -> Touched:
    """Return the minutes in which sensors have something new, packed as one mask for each hour."""
    found: Touched = {}
    last: datetime | None = None
    hour = bit = 0
    for sensor_id, at in moments:
        if at is not last:  # the values of one message share their time
            hour, seconds = divmod(int(at.timestamp()), HOUR_S)
            bit, last = 1 << (seconds // 60), at
        key = (sensor_id, hour)
        found[key] = found.get(key, 0) | bit
    return found


def covered_s(used: int, width_s: float, interval_s: float) -> float:
    """Return the seconds of a bucket that `used` readings stand for, each for one expected interval.

    An interval that crosses the end of the bucket counts whole: take shares of several buckets, cut at 1.
    """
    return min(used, ceil(width_s / interval_s)) * interval_s


def span_named(level: Level, name: str) -> Span | None:
    """Return the partition of a level that has a name, or None where the name is no partition's in time."""
    digits = name.rpartition("_")[2].strip('"')
    if not digits.isdigit() or len(digits) not in (4, 6, 8):
        return None
    day = date(int(digits[:4]), int(digits[4:6] or 1), int(digits[6:8] or 1))
    found = span_of(level, day)
    return found if found.name == name.strip('"') else None
