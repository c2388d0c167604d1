"""What is left of messages that went wrong: kept while somebody can use it, and no longer.

A device that sends nonsense leaves a letter for each message, one whose clock stands still a conflict.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import sql

BATCH_ROWS = 10_000
DECIDED_DAYS = 90
WAITING_DAYS = 400

_KEPT: dict[str, tuple[tuple[str, int], ...]] = {
    "telemetry_deadletter": (
        ("replayed_at", DECIDED_DAYS),
        ("discarded_at", DECIDED_DAYS),
        ("received_at", WAITING_DAYS),
    ),
    "telemetry_sequencegap": (("filled_at", DECIDED_DAYS), ("detected_at", WAITING_DAYS)),
    "telemetry_quarantinedreading": (("resolved_at", DECIDED_DAYS),),
    "telemetry_readingconflict": (("received_at", WAITING_DAYS),),
}
"""By table: so many days after what is in the column a row goes."""


class Deleted(NamedTuple):
    """Say how many rows of a table went, for which column, before when."""

    table: str
    column: str
    rows: int
    before: datetime


def delete_remains(cursor: Any, *, now: datetime, dry_run: bool) -> Iterator[Deleted]:
    """Delete (or count) what is kept no longer, in batches, each committed by itself."""
    for table, columns in _KEPT.items():
        for column, days in columns:
            before = now - timedelta(days=days)
            names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
            if rows := (_count if dry_run else _delete)(cursor, names, before):
                yield Deleted(table, column, rows, before)


def _count(cursor: Any, names: dict[str, sql.Identifier], before: datetime) -> int:
    text = sql.SQL("SELECT count(*) FROM {table} WHERE {column} < %s")
    cursor.execute(text.format(**names), [before])
    return int(cursor.fetchone()[0])


def _delete(cursor: Any, names: dict[str, sql.Identifier], before: datetime) -> int:
    text = sql.SQL(
        "DELETE FROM {table} WHERE id IN"
        " (SELECT id FROM {table} WHERE {column} < %s ORDER BY {column} LIMIT %s)"
    ).format(**names)
    rows = 0
    while True:
        cursor.execute(text, [before, BATCH_ROWS])
        rows += cursor.rowcount
        if cursor.rowcount < BATCH_ROWS:
            return rows
