"""Keep roll-ups current: what batches touched is folded into minutes, and those into all the rest.

Two stages, each idempotent. Stage 0 folds readings into minutes; any number of workers may, each on rows of
dirt of its own. Stage 1 folds minutes into quarters, hours and local days; one worker at a time, for two that
saw half of a quarter each would both be wrong.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from telemetry.domain.rollups import (
    DAY,
    DAY_S,
    HOUR,
    HOUR_S,
    MINUTE,
    QUARTER,
    Level,
    Stage,
    day_start,
    touched_minutes,
)
from telemetry.models import RollupDirt
from telemetry.services.partitions import ensure_partitions
from telemetry.sql import array, statement

FOLD_LOCK = 0x0C4ABA4E
MOST_ROWS = 2_000
MOST_ENTRIES = 200_000
"""Taken in one transaction: a day of 1,000 sensors, so that their minutes come in order of the index."""
CHUNK_ENTRIES = 6_000
DAY_MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Folded:
    """Say what a fold did: rows of dirt consumed, buckets written (new or changed) by level."""

    dirt: int = 0
    minutes: int = 0
    quarters: int = 0
    hours: int = 0
    days: int = 0

    def __add__(self, other: Folded) -> Folded:
        return Folded(
            self.dirt + other.dirt,
            self.minutes + other.minutes,
            self.quarters + other.quarters,
            self.hours + other.hours,
            self.days + other.days,
        )


_MARK = """
INSERT INTO telemetry_rollupdirt (level, created_at, sensors, hours, masks)
VALUES (0, now(), %s::bigint[], %s::int[], %s::bigint[])
"""


def mark_dirty(cursor: Any, moments: Iterable[tuple[int, datetime]]) -> None:
    """Note in the caller's transaction in which minutes sensors have something new: one row, appended."""
    if touched := touched_minutes(moments):
        sensors, hours = zip(*touched, strict=True)
        cursor.execute(_MARK, [array(sensors), array(hours), array(touched.values())])


def fold(*, budget_s: float = 20.0) -> Folded:
    """Fold what waits, oldest first, until nothing is left or the time is over. Safe to run twice at once."""
    ends, done = time.monotonic() + budget_s, Folded()
    for stage in (fold_minutes, fold_rest):
        step = stage()
        done += step
        while step.dirt and time.monotonic() < ends:
            step = stage()
            done += step
    return done


def fold_minutes() -> Folded:
    """Fold some of the dirt of readings into minutes, and leave it as dirt of the levels above."""
    days = _waiting_days()
    for level in (MINUTE, QUARTER, HOUR):
        ensure_partitions(days=days, level=level)
    with transaction.atomic(), connection.cursor() as cursor:
        ids = _claim(cursor, Stage.MINUTES)
        written = 0
        for start, after, until in _chunks(cursor) if ids else ():
            asked = _bounds(start, DAY_S) | {"after": after, "until": until}
            written += _write(cursor, statement("services/fold_minutes"), asked)
        RollupDirt.objects.filter(pk__in=ids).update(level=Stage.REST)
    return Folded(dirt=len(ids), minutes=written)


def _write(cursor: Any, text: str, asked: dict[str, Any]) -> int:
    """Insert minutes; where there are some already, or another worker was faster, keep the fuller ones.

    An insert that need not look for conflicts takes half the time.
    """
    cursor.execute(statement("services/fold_known"), asked)
    if not cursor.fetchone()[0]:
        try:
            with transaction.atomic():
                cursor.execute(text, asked)
                return int(cursor.rowcount)
        except IntegrityError:
            pass
    cursor.execute(f"{text} {statement('services/fold_keep')}", asked)
    return int(cursor.rowcount)


def fold_rest() -> Folded:
    """Fold some of the minutes that changed into quarters, hours and local days."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [FOLD_LOCK])
        ids = _claim(cursor, Stage.REST) if cursor.fetchone()[0] else []
        written = {level: 0 for level, _, _ in _UP}
        for start in sorted({start for start, _, _ in _chunks(cursor)}) if ids else ():
            for level, below, buckets in _UP:
                text = _UP_TEXT.format(level=level.table, below=below.table, buckets=buckets)
                cursor.execute(f"{text} {statement('services/fold_keep')}", _bounds(start, DAY_S))
                written[level] += cursor.rowcount
        RollupDirt.objects.filter(pk__in=ids).delete()
    return Folded(len(ids), 0, *written.values())


_QUARTERS = """
SELECT sensor_id, interval_s, start + n * interval '15 minutes' AS start,
       start + (n + 1) * interval '15 minutes' AS until
FROM telemetry_folding CROSS JOIN generate_series(0, 3) AS n
WHERE hour BETWEEN %(first_hour)s AND %(last_hour)s AND (mask >> (15 * n)) & 32767 <> 0
"""
_HOURS = """
SELECT sensor_id, interval_s, start, start + interval '1 hour' AS until FROM telemetry_folding
WHERE hour BETWEEN %(first_hour)s AND %(last_hour)s
"""
# The days come from here: the database has rules of local time of its own, which may be older than ours.
_DAYS = """
SELECT folding.sensor_id, folding.interval_s, day.start, day.until
FROM telemetry_folding AS folding
JOIN unnest(%(days)s::timestamptz[], %(days_end)s::timestamptz[]) AS day (start, until)
  ON folding.start >= day.start AND folding.start < day.until
WHERE folding.hour BETWEEN %(first_hour)s AND %(last_hour)s
"""
_UP: tuple[tuple[Level, Level, str], ...] = (
    (QUARTER, MINUTE, _QUARTERS),
    (HOUR, QUARTER, _HOURS),
    (DAY, HOUR, _DAYS),
)
_UP_TEXT = statement("services/fold_up")


def _bounds(start: datetime, length_s: int) -> dict[str, Any]:
    """Return a UTC day in hours and local days, and times that name the partitions of its buckets."""
    hour = int(start.timestamp()) // HOUR_S
    last = hour + length_s // HOUR_S - 1
    days = [day_start(start.date() + timedelta(days=n)) for n in range(-1, 3)]
    return {
        "days": days[:-1],
        "days_end": days[1:],
        "first_hour": hour,
        "last_hour": last,
        "start": start,
        "end": start + timedelta(seconds=length_s),
        "day_start": start - DAY_MARGIN,
        "day_end": start + timedelta(seconds=length_s) + DAY_MARGIN,
    }


def _waiting_days() -> list[date]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT hour / 24 FROM (SELECT hours FROM telemetry_rollupdirt WHERE level = 0"
            " ORDER BY id LIMIT %s) AS next, unnest(hours) AS hour",
            [MOST_ROWS],
        )
        return [date(1970, 1, 1) + timedelta(days=row[0]) for row in cursor.fetchall()]


def _claim(cursor: Any, stage: Stage) -> list[int]:
    """Take rows of dirt that nobody else has, oldest first, and stage it in `telemetry_folding`."""
    ids: list[int] = []
    entries = 0
    while entries < MOST_ENTRIES and len(ids) < MOST_ROWS:
        cursor.execute(_CLAIM, [stage, ids[-1] if ids else 0])
        if not (rows := cursor.fetchall()):
            break
        ids += [row[0] for row in rows]
        entries += sum(row[1] for row in rows)
    if ids:
        cursor.execute(statement("services/fold_stage"))
        cursor.execute("DELETE FROM telemetry_folding")
        cursor.execute(statement("services/fold_claim"), {"ids": ids})
        cursor.execute(_PLAN)
    return ids


_CLAIM = """
SELECT id, cardinality(sensors) FROM telemetry_rollupdirt WHERE level = %s AND id > %s
ORDER BY id LIMIT 16 FOR UPDATE SKIP LOCKED
"""
# One index range for each entry, whatever the statistics of a partition that was empty a minute ago say.
_PLAN = """
ANALYZE telemetry_folding;
SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off;
SET LOCAL enable_memoize = off; SET LOCAL jit = off; SET LOCAL work_mem = '128MB'
"""


def _chunks(cursor: Any) -> Iterator[tuple[datetime, int, int]]:
    """Yield UTC days with ranges of sensors (after, until], each of a bounded number of entries."""
    cursor.execute("SELECT hour / 24, sensor_id, count(*) FROM telemetry_folding GROUP BY 1, 2 ORDER BY 1, 2")
    rows = cursor.fetchall()
    after, entries = -1, 0
    for place, (day, sensor_id, count) in enumerate(rows):
        entries += count
        is_last = place + 1 == len(rows) or rows[place + 1][0] != day
        if is_last or entries >= CHUNK_ENTRIES:
            yield datetime.fromtimestamp(day * DAY_S, UTC), after, sensor_id
            after, entries = (-1 if is_last else sensor_id), 0
