"""Partitions of readings and roll-ups, created before they are needed; the default ones are emptied."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from psycopg import sql

from telemetry.domain.rollups import PARTITIONED, RAW, Level, Span, span_of

PARTITION_LOCK = 0x0C4ABA4B
DAYS_AHEAD = 7

_known: set[str] = set()


def ensure_partitions(*, days: Iterable[date], level: Level = RAW) -> list[str]:
    """Create the partitions of a level for the UTC days that have none; return the names of those created.

    Rows of such a day that had gone to the default partition move to the new one.

    Raises:
        OperationalError: someone held the table for too long; the default partition takes the rows meanwhile.
    """
    wanted = {span.name: span for day in set(days) if (span := span_of(level, day)).name not in _known}
    created = [name for name, span in sorted(wanted.items()) if _create(level, span)]
    _known.update(wanted)
    return created


def has_partition(day: date) -> bool:
    """Tell whether this process knows the partition of readings of a UTC day to be there."""
    return span_of(RAW, day).name in _known


def forget_partition(name: str) -> None:
    """Forget that a partition is there, because it was dropped."""
    _known.discard(name)


def create_partitions_ahead(*, today: date) -> list[str]:
    """Create the partitions of yesterday, today and the days to come, of every level."""
    _known.clear()
    days = [today + timedelta(days=n) for n in range(-1, DAYS_AHEAD + 1)]
    return [name for level in PARTITIONED for name in ensure_partitions(days=days, level=level)]


def repair_default_partitions(*, most: int = 400) -> list[str]:
    """Give the rows of the default partitions partitions of their own; return the names of those created."""
    created: list[str] = []
    for level in PARTITIONED:
        with connection.cursor() as cursor:
            column, table = sql.Identifier(level.time_column), sql.Identifier(f"{level.table}_default")
            text = "SELECT DISTINCT ({0} AT TIME ZONE 'UTC')::date FROM {1} ORDER BY 1 LIMIT {2}"
            cursor.execute(sql.SQL(text).format(column, table, sql.Literal(most)))
            days = [row[0] for row in cursor.fetchall()]
        _known.difference_update(span_of(level, day).name for day in days)
        created += ensure_partitions(days=days, level=level)
    return created


def utc_days(instants: Iterable[datetime]) -> set[date]:
    """Return the UTC days of some instants."""
    return {at.astimezone(UTC).date() for at in instants}


@transaction.atomic
def _create(level: Level, span: Span) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PARTITION_LOCK])
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [span.name])
        if cursor.fetchone()[0]:
            return False
        # Attaching, unlike CREATE ... PARTITION OF, lets readings come in meanwhile.
        names = {
            "new": sql.Identifier(span.name),
            "table": sql.Identifier(level.table),
            "default": sql.Identifier(f"{level.table}_default"),
            "column": sql.Identifier(level.time_column),
            "start": sql.Literal(span.start),
            "end": sql.Literal(span.end),
        }
        for text in _STATEMENTS:
            cursor.execute(sql.SQL(text).format(**names))
    return True


_STATEMENTS = (
    "CREATE TABLE {new} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
    "LOCK TABLE {default} IN ACCESS EXCLUSIVE MODE",
    """WITH moved AS (DELETE FROM {default} WHERE {column} >= {start} AND {column} < {end} RETURNING *)
    INSERT INTO {new} SELECT * FROM moved""",
    "ALTER TABLE {table} ATTACH PARTITION {new} FOR VALUES FROM ({start}) TO ({end})",
)
