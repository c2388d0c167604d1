"""Drop what the storage policies no longer keep: partitions that nobody needs, else rows in batches.

Nothing is dropped that still waits to be rolled up. Each run says in a record what it dropped.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import DatabaseError, OperationalError, connection, transaction
from psycopg import sql

from telemetry.domain.rollups import DAY, HOUR_S, PARTITIONED, Level, Span, span_named
from telemetry.models import RetentionRun, Sensor, StoragePolicy
from telemetry.queries.storage import Policies, load_policies
from telemetry.services.partitions import forget_partition
from telemetry.services.remains import delete_remains

log = structlog.get_logger(__name__)
RETENTION_LOCK = 0x0C4ABA4F
BATCH_SENSORS = 200
BUDGET_S = 900.0


@dataclass(slots=True)
class Item:
    """Say what became of one partition: dropped, deleted (some sensors' rows) or postponed, and why."""

    table: str
    partition: str
    how: str
    rows: int
    start: str
    end: str
    reason: str = ""


@dataclass(slots=True)
class Keeping:
    """Hold how many days each sensor keeps a level; None is for ever."""

    days: dict[int, int | None] = field(default_factory=dict)

    def split(self, end: datetime, now: datetime) -> tuple[list[int], list[int]]:
        """Return the sensors that no longer keep, and those that still keep, what ended at an instant."""
        gone = [s for s, days in self.days.items() if days is not None and end <= now - timedelta(days=days)]
        lost = set(gone)
        return gone, [sensor for sensor in self.days if sensor not in lost]


def save_policy(*, policy: StoragePolicy) -> StoragePolicy:
    """Check and write a storage policy.

    Raises:
        ValidationError: a number is not positive, or the class has a policy already.
    """
    policy.full_clean()
    if policy.pk:
        policy.version += 1
    policy.save()
    return policy


def run_retention(*, now: datetime, dry_run: bool = False) -> RetentionRun:
    """Drop what is no longer kept, oldest first, for a quarter of an hour at most; record what was dropped.

    A dry run only says what it would do, and keeps no record. Two runs at once do not disturb each other: the
    second finds the lock taken and drops nothing.
    """
    run = RetentionRun(started_at=now)
    ends = time.monotonic() + BUDGET_S
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [RETENTION_LOCK])
        if not cursor.fetchone()[0]:
            run.error = "another run is at work"
            return run
        try:
            for item in _items(cursor, now, dry_run):
                run.items.append(asdict(item))
                run.rows += item.rows
                if time.monotonic() > ends:
                    break
        except DatabaseError as error:
            run.error = str(error).splitlines()[0][:300]
            log.warning("telemetry.retention_failed", error=run.error)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [RETENTION_LOCK])
    run.finished_at = max(now, run.started_at)
    if not dry_run:
        run.save()
    return run


def _items(cursor: Any, now: datetime, dry_run: bool) -> Iterator[Item]:
    policies = load_policies()
    for level in PARTITIONED:
        keeping = _keeping(level, policies)
        for span in _partitions(cursor, level):
            gone, kept = keeping.split(span.end, now)
            if gone and (item := _expire(cursor, level, span, gone, kept, dry_run)):
                yield item
    yield from _expire_days(cursor, _keeping(DAY, policies), now, dry_run)
    for left in delete_remains(cursor, now=now, dry_run=dry_run):
        yield Item(left.table, left.table, "deleted", left.rows, "", left.before.isoformat(), left.column)


def _keeping(level: Level, policies: Policies) -> Keeping:
    rows = Sensor.objects.values_list("pk", "device__family", "quantity", "cumulative")
    found = Keeping()
    for sensor_id, family, quantity, cumulative in rows:
        found.days[sensor_id] = policies.days(level, family=family, quantity=quantity, cumulative=cumulative)
    return found


def _partitions(cursor: Any, level: Level) -> list[Span]:
    cursor.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass ORDER BY 1",
        [level.table],
    )
    return [span for row in cursor.fetchall() if (span := span_named(level, row[0]))]


def _expire(
    cursor: Any, level: Level, span: Span, gone: list[int], kept: list[int], dry_run: bool
) -> Item | None:
    item = Item(level.table, span.name, "dropped", 0, span.start.isoformat(), span.end.isoformat())
    if _waits(cursor, span):
        item.how, item.reason = "postponed", "not yet rolled up"
        return item
    name = sql.Identifier(span.name)
    if _holds(cursor, name, kept):
        item.how, item.rows = "deleted", _delete(cursor, name, gone, dry_run)
        return item if item.rows else None
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(name))
    item.rows = cursor.fetchone()[0]
    if not dry_run and (reason := _drop(level, span, kept)):
        item.how, item.rows, item.reason = "postponed", 0, reason
    return item


def _holds(cursor: Any, name: sql.Identifier, sensors: list[int]) -> bool:
    cursor.execute(
        sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE sensor_id = ANY(%s))").format(name), [sensors]
    )
    return bool(cursor.fetchone()[0])


def _waits(cursor: Any, span: Span) -> bool:
    hours = [int(at.timestamp()) // HOUR_S for at in (span.start, span.end)]
    cursor.execute(
        "SELECT EXISTS (SELECT FROM telemetry_rollupdirt, unnest(hours) AS hour"
        " WHERE hour >= %s AND hour < %s)",
        hours,
    )
    return bool(cursor.fetchone()[0])


def _drop(level: Level, span: Span, kept: list[int]) -> str:
    """Drop a partition; return why not, if so. Late data may have come since: look again, under the lock."""
    names = {"table": sql.Identifier(level.table), "name": sql.Identifier(span.name)}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '3s'")
            cursor.execute(sql.SQL("LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE").format(**names))
            if _holds(cursor, names["name"], kept) or _waits(cursor, span):
                return "late data came"
            cursor.execute(sql.SQL("ALTER TABLE {table} DETACH PARTITION {name}").format(**names))
            cursor.execute(sql.SQL("DROP TABLE {name}").format(**names))
    except OperationalError:
        return "in use"
    forget_partition(span.name)
    return ""


def _delete(cursor: Any, name: sql.Identifier, sensors: list[int], dry_run: bool) -> int:
    """Delete (or count) the rows of sensors, a batch of sensors a statement, each committed by itself."""
    verb = "SELECT count(*) FROM {} WHERE sensor_id = ANY(%s)" if dry_run else _DELETE
    rows = 0
    for start in range(0, len(sensors), BATCH_SENSORS):
        cursor.execute(sql.SQL(verb).format(name), [sensors[start : start + BATCH_SENSORS]])
        rows += cursor.fetchone()[0] if dry_run else cursor.rowcount
    return rows


_DELETE = "DELETE FROM {} WHERE sensor_id = ANY(%s)"


def _expire_days(cursor: Any, keeping: Keeping, now: datetime, dry_run: bool) -> Iterator[Item]:
    """Days lie in one table: delete those too old, one limit after the other."""
    verb = "SELECT count(*) FROM {} {}" if dry_run else "DELETE FROM {} {}"
    where = sql.SQL("WHERE sensor_id = ANY(%s) AND start < %s")
    text = sql.SQL(verb).format(sql.Identifier(DAY.table), where)
    for days in sorted({days for days in keeping.days.values() if days is not None}):
        sensors = [sensor for sensor, kept in keeping.days.items() if kept == days]
        limit = now - timedelta(days=days)
        cursor.execute(text, [sensors, limit])
        rows = cursor.fetchone()[0] if dry_run else cursor.rowcount
        if rows:
            yield Item(DAY.table, DAY.table, "deleted", rows, "", limit.isoformat())
