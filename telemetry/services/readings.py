"""Store readings: copied straight into their day where all are new, else staged and merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import IntegrityError, ProgrammingError, connection, transaction
from psycopg import sql

from telemetry.domain.rollups import RAW, span_of
from telemetry.services import partitions
from telemetry.services.rollups import mark_dirty
from telemetry.sql import array, statement

CHANNEL = "chabaka_readings"
NOTIFY_BYTES = 7000
_COLUMNS = "sensor_id, at, received_at, seq, value, quality"
_TYPES = ["int8", "timestamptz", "timestamptz", "int8", "float8", "int2"]
_by_sensor = itemgetter(0)
_key = itemgetter(0, 1)
_at = itemgetter(1)


class Row(NamedTuple):
    """Hold one reading on its way in. `value` None means that there was no measurement, `reason` why."""

    sensor_id: int
    at: datetime
    received_at: datetime
    seq: int | None
    value: float | None
    quality: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """Say what a batch did: rows new to the history, contradictions kept, sensors whose newest moved.

    `repeated` and `contradicted` count by sensor what was there already, with the same or another value.
    """

    new: int = 0
    conflicts: int = 0
    moved: list[int] = field(default_factory=list)
    repeated: Counter[int] = field(default_factory=Counter)
    contradicted: Counter[int] = field(default_factory=Counter)


class _Expecting:
    """Whether the next batch is likely to repeat what is stored: then trying a plain copy is lost time."""

    repeats = False


@transaction.atomic
def store_readings(*, rows: Sequence[Row], history: Sequence[Row] | None = None) -> Stored:
    """Write readings in the caller's transaction and notify who listens of the sensors that moved.

    Args:
        rows: what was read; the newest value of each sensor follows them.
        history: what the history keeps; the same, unless told. It may hold rows that are no one's newest.
    """
    kept = rows if history is None else history
    if not rows and not kept:
        return Stored()
    with connection.cursor() as cursor:
        if kept and not _Expecting.repeats and _copy_new(cursor, kept):
            stored = Stored(new=len(kept))
            mark_dirty(cursor, map(_key, kept))
        else:
            stored = _merge(cursor, kept) if kept else Stored()
        moved = _move_latest(cursor, rows) if rows else []
        notify(cursor, moved)
    return Stored(stored.new, stored.conflicts, moved, stored.repeated, stored.contradicted)


def _copy_new(cursor: Any, rows: Sequence[Row]) -> bool:
    """Copy rows that are all new straight in, in order of the index; return whether they were new."""
    target = _partition_of(rows)
    try:
        with transaction.atomic(), connection.wrap_database_errors:
            text = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)")
            with cursor.copy(text.format(sql.Identifier(target), sql.SQL(_COLUMNS))) as copy:
                copy.set_types(_TYPES)
                # Those of one sensor come in their order, nearly always.
                for row in sorted(rows, key=_by_sensor):
                    copy.write_row(row[:6])
    except IntegrityError:
        _Expecting.repeats = True
        return False
    except ProgrammingError:
        # The day's partition is not there after all: what made it was undone, or it was dropped.
        if target == RAW.table:
            raise
        partitions.forget_partition(target)
        return _copy_new(cursor, rows)
    return True


def _partition_of(rows: Sequence[Row]) -> str:
    """Return the partition that holds all rows, or the whole table: routing each row costs a fifth."""
    times = set(map(_at, rows))
    days = partitions.utc_days((min(times), max(times)))
    if len(days) == 1 and partitions.has_partition(day := days.pop()):
        return span_of(RAW, day).name
    return RAW.table


def _merge(cursor: Any, rows: Sequence[Row]) -> Stored:
    cursor.execute(statement("services/stage"))
    # Empty at each commit; only a second batch of the same transaction finds rows here.
    cursor.execute("DELETE FROM telemetry_staging")
    with connection.wrap_database_errors, cursor.copy(_STAGE) as copy:
        copy.set_types(["int4", *_TYPES])
        for place, row in enumerate(rows):
            copy.write_row((place, *row[:6]))
    cursor.execute(statement("services/merge"))
    new = cursor.fetchall()
    mark_dirty(cursor, new)
    _Expecting.repeats = len(new) < len(rows)
    if not _Expecting.repeats:
        return Stored(new=len(new))
    times = [row.at for row in rows]
    cursor.execute(statement("services/conflicts"), {"first": min(times), "last": max(times)})
    contradicted = Counter(row[0] for row in cursor.fetchall())
    repeated = Counter(row[0] for row in rows) - Counter(row[0] for row in new) - contradicted
    sensors = sorted(repeated.keys() | contradicted.keys())
    counts = ([repeated[sensor] for sensor in sensors], [contradicted[sensor] for sensor in sensors])
    cursor.execute(statement("services/count_repeats"), [sensors, *counts])
    return Stored(len(new), contradicted.total(), [], repeated, contradicted)


_STAGE = f"COPY telemetry_staging (place, {_COLUMNS}) FROM STDIN (FORMAT BINARY)"


def _move_latest(cursor: Any, rows: Sequence[Row]) -> list[int]:
    newest: dict[int, Row] = {}
    for row in rows:
        found = newest.get(row[0])
        if found is None or row[1] > found[1]:
            newest[row[0]] = row
    cursor.execute(statement("services/latest"), list(map(array, zip(*newest.values(), strict=True))))
    return [row[0] for row in cursor.fetchall()]


def notify(cursor: Any, sensor_ids: Iterable[int]) -> None:
    """Tell listeners which sensors changed, in as few notifications as their size allows."""
    for payload in _payloads(sensor_ids):
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def _payloads(sensor_ids: Iterable[int]) -> Iterable[str]:
    text = ""
    for sensor_id in sensor_ids:
        if len(text) + 20 > NOTIFY_BYTES:
            yield text
            text = ""
        text = f"{text},{sensor_id}" if text else str(sensor_id)
    if text:
        yield text
