"""How the partitions stand: how far ahead they reach, and what went astray."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from psycopg import sql

from backend.core import clock
from telemetry.domain.rollups import PARTITIONED, RAW, span_named, span_of

MOST_COUNTED = 10_000


class PartitionFigures(NamedTuple):
    """A table's partitions: how many, up to when (exclusive), and rows that no partition took (to 10,000)."""

    table: str
    partitions: int
    until: str
    astray: int


def partition_figures() -> list[PartitionFigures]:
    """Return the figures of each partitioned table."""
    return [_figures(level.table) for level in PARTITIONED]


def partition_warning() -> str | None:
    """Say what is wrong: rows in a default partition, or no partition for the readings of tomorrow."""
    astray = [figure.table for figure in partition_figures() if figure.astray]
    if astray:
        return f"rows in the default partition of {', '.join(astray)}"
    tomorrow = span_of(RAW, (clock.now() + timedelta(days=1)).date())
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NULL", [tomorrow.name])
        return f"no {tomorrow.name}" if cursor.fetchone()[0] else None


def _figures(table: str) -> PartitionFigures:
    level = next(level for level in PARTITIONED if level.table == table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [table]
        )
        spans = [span for row in cursor.fetchall() if (span := span_named(level, row[0]))]
        text = "SELECT count(*) FROM (SELECT FROM {} LIMIT {}) AS sample"
        default = sql.Identifier(f"{table}_default")
        cursor.execute(sql.SQL(text).format(default, sql.Literal(MOST_COUNTED)))
        astray = cursor.fetchone()[0]
    until = max((span.end for span in spans), default=None)
    return PartitionFigures(table, len(spans), f"{until:%F}" if until else "", astray)
