"""One partition of readings a day, created before it is needed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection, transaction
from psycopg import sql

PARTITION_LOCK = 0x0C4ABA4B
DAYS_AHEAD = 7

_known: set[date] = set()


def ensure_partitions(*, days: Iterable[date]) -> list[date]:
    """Create the partitions of the UTC days that have none; return those created.

    Rows of such a day that had gone to the default partition move to the new one.

    Raises:
        OperationalError: someone held the table for too long; the default partition takes the rows meanwhile.
    """
    wanted = sorted(set(days) - _known)
    created = [day for day in wanted if _create(day)]
    _known.update(wanted)
    return created


def create_partitions_ahead(*, today: date) -> list[date]:
    """Create the partitions of today and the days to come."""
    _known.clear()
    return ensure_partitions(days=[today + timedelta(days=n) for n in range(-1, DAYS_AHEAD + 1)])


@transaction.atomic
def _create(day: date) -> bool:
    name = f"telemetry_reading_{day:%Y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PARTITION_LOCK])
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        if cursor.fetchone()[0]:
            return False
        # Attaching, unlike CREATE ... PARTITION OF, lets readings come in meanwhile.
        start = datetime.combine(day, time.min, UTC)
        names = {
            "new": sql.Identifier(name),
            "start": sql.Literal(start),
            "end": sql.Literal(start + timedelta(days=1)),
        }
        for text in _STATEMENTS:
            cursor.execute(sql.SQL(text).format(**names))
    return True


_STATEMENTS = (
    "CREATE TABLE {new} (LIKE telemetry_reading INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
    "LOCK TABLE telemetry_reading_default IN ACCESS EXCLUSIVE MODE",
    """WITH moved AS (DELETE FROM telemetry_reading_default WHERE at >= {start} AND at < {end} RETURNING *)
    INSERT INTO {new} SELECT * FROM moved""",
    "ALTER TABLE telemetry_reading ATTACH PARTITION {new} FOR VALUES FROM ({start}) TO ({end})",
)
