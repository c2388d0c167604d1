"""Store readings: staged by binary COPY, merged once, the newest moved forward, contradictions kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from telemetry.sql import statement

CHANNEL = "chabaka_readings"
NOTIFY_BYTES = 7000
_TYPES = ["int4", "int8", "timestamptz", "timestamptz", "int8", "float8", "int2", "text"]


class Row(NamedTuple):
    """Hold one reading on its way in. `value` None means that there was no measurement, `reason` why."""

    sensor_id: int
    at: datetime
    received_at: datetime
    seq: int | None
    value: float | None
    quality: int
    reason: str = ""


class Stored(NamedTuple):
    """Say what a batch did: rows new to the history, contradictions kept, sensors whose newest moved."""

    new: int
    conflicts: int
    moved: list[int]


@transaction.atomic
def store_readings(*, rows: Sequence[Row]) -> Stored:
    """Write readings in the caller's transaction and notify who listens of the sensors that moved."""
    if not rows:
        return Stored(0, 0, [])
    with connection.cursor() as cursor:
        _stage(cursor, rows)
        cursor.execute(statement("services/merge"))
        new = cursor.rowcount
        conflicts = _keep_conflicts(cursor, rows) if new < len(rows) else 0
        cursor.execute(statement("services/latest"))
        moved = [row[0] for row in cursor.fetchall()]
        notify(cursor, moved)
    return Stored(new, conflicts, moved)


def _stage(cursor: Any, rows: Sequence[Row]) -> None:
    cursor.execute(statement("services/stage"))
    # Empty at each commit; only a second batch of the same transaction finds rows here.
    cursor.execute("DELETE FROM telemetry_staging")
    with cursor.copy("COPY telemetry_staging FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(_TYPES)
        write = copy.write_row
        for place, row in enumerate(rows):
            write((place, *row))


def _keep_conflicts(cursor: Any, rows: Sequence[Row]) -> int:
    times = [row.at for row in rows]
    cursor.execute(statement("services/conflicts"), {"first": min(times), "last": max(times)})
    return int(cursor.rowcount)


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
