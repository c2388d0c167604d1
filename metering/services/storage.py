"""Registers into the database:

new ones kept, contradictions kept beside, the days they touch marked stale.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction

from backend.core import clock
from metering.domain.periods import day_edges
from metering.domain.rows import Register
from metering.models import ReadingImport
from metering.models.readings import GOOD
from metering.services.columns import copy_columns, create_temporary, days_since_epoch
from metering.services.statements import statement

STAGED = {"line": "bigint", "meter_id": "bigint", "at": "bigint", "value": "bigint"}


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the registers offered."""

    added: int
    unchanged: int
    conflicts: int


def open_staging() -> None:
    """Begin to collect registers in this transaction."""
    create_temporary("metering_staged", STAGED)
    create_temporary("metering_added", {"meter_id": "bigint", "at": "bigint"})


def stage(registers: Iterable[Register], first_line: int = 0) -> int:
    """Collect registers; return how many."""
    rows = np.array([(one.meter, one.at, one.value) for one in registers], dtype=np.int64).reshape(-1, 3)
    lines = np.arange(first_line, first_line + len(rows))
    arrays = (lines, rows[:, 0], rows[:, 1], rows[:, 2])
    copy_columns(
        "metering_staged", {name: ("bigint", array) for name, array in zip(STAGED, arrays, strict=True)}
    )
    return len(rows)


def store_staged(*, source: str, batch: ReadingImport | None, quality: int = GOOD) -> Stored:
    """Keep what was collected and mark the local days that follow from it stale."""
    values: dict[str, Any] = {
        "source": source,
        "quality": quality,
        "now": clock.now(),
        "batch": batch and batch.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE metering_staged")
        cursor.execute("SELECT count(*) FROM metering_staged")
        total = cursor.fetchone()[0]
        cursor.execute(statement("add_registers"), values)
        added = cursor.rowcount
        cursor.execute(statement("keep_conflicts"), values)
        conflicts = cursor.fetchone()[0]
        cursor.execute(statement("touched_intervals"))
        intervals = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 3)
    mark_stale(intervals)
    return Stored(added, total - added - conflicts, conflicts)


@transaction.atomic
def store_registers(registers: Iterable[Register], *, source: str, quality: int = GOOD) -> Stored:
    """Keep registers that did not come in a file."""
    open_staging()
    stage(registers)
    return store_staged(source=source, batch=None, quality=quality)


def mark_stale(intervals: np.ndarray) -> None:
    """Mark the local days of meters stale.

    Args:
        intervals: rows of meter, start, end in seconds since 1970 UTC, half-open; an empty one marks nothing.
    """
    if not len(intervals):
        return
    start = datetime.fromtimestamp(int(intervals[:, 1].min()), UTC).date() - timedelta(days=1)
    end = datetime.fromtimestamp(int(intervals[:, 2].max()), UTC).date() + timedelta(days=1)
    edges = np.array([int(at.timestamp()) for at in day_edges(start, end)], dtype=np.int64)
    first = np.searchsorted(edges, intervals[:, 1], "right") - 1
    last = np.searchsorted(edges, intervals[:, 2], "left") - 1
    lasting = first <= last
    offset = days_since_epoch(start)
    create_temporary("metering_spans", {"meter_id": "bigint", "first_day": "date", "last_day": "date"})
    columns = {
        "meter_id": ("bigint", intervals[lasting, 0]),
        "first_day": ("date", first[lasting] + offset),
        "last_day": ("date", last[lasting] + offset),
    }
    copy_columns("metering_spans", columns)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO metering_stalespan (meter_id, first_day, last_day, created_at) "
            "SELECT meter_id, first_day, last_day, %s FROM metering_spans",
            [clock.now()],
        )
