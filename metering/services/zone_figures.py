"""Figures of zones:

which of them no longer follow from the days of their meters, and those days added up again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min

from backend.core.clock import day_bounds, local_day
from gis.queries.memberships import memberships_overlapping
from metering.models import DailyConsumption, ZoneConsumption
from metering.services.columns import create_temporary
from metering.services.statements import statement
from metering.services.turns import alone, run_script

ZONE_DAYS_AT_ONCE = 2_500
ZONE_DUE = {"zone_id": "bigint", "utility": "text", "day": "date", "span": "tstzrange"}


def mark_zone_days() -> None:
    """Mark stale the figures that follow from the meters and days in the temporary table `metering_due`."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE metering_due")
        cursor.execute("SELECT min(first_day), max(last_day) FROM metering_due")
        sql, parameters = _memberships(*cursor.fetchone())
        cursor.execute(statement("mark_zone_days").format(memberships=sql), parameters)


@transaction.atomic
def mark_zones(changed: Sequence[tuple[int, str | None]]) -> None:
    """Mark stale the figures of zones whose members changed.

    Args:
        changed: ids of zones, each with the instant since when its members changed, None for always. Figures
            of the days before that one still follow from who was in the zone then, and are left alone.
    """
    first, last = _known_days()
    if first is None or last is None:
        return
    since = [at and local_day(datetime.fromisoformat(at)) for _, at in changed]
    zones = [zone for zone, _ in changed]
    sql, parameters = _memberships(first, last, zones)
    with connection.cursor() as cursor:
        marking = statement("mark_zones").format(memberships=sql)
        cursor.execute(marking, (zones, since, first, last, *parameters))


@transaction.atomic
def consolidate_zones(wait: bool) -> int:
    """Add up some stale figures; return how many, 0 when none is left or another caller is at it."""
    if not alone(wait=wait):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(statement("claim_zone_days"), [ZONE_DAYS_AT_ONCE])
        due = cursor.fetchall()
        if not due:
            return 0
        create_temporary("metering_zone_due", ZONE_DUE)
        cursor.executemany(
            "INSERT INTO metering_zone_due VALUES (%s, %s, %s, tstzrange(%s, %s))",
            [(zone, utility, day, *day_bounds(day)) for zone, utility, day in due],
        )
        cursor.execute("ANALYZE metering_zone_due")
        sql, parameters = _memberships(min(row[2] for row in due), max(row[2] for row in due))
        for one in statement("zone_members").format(memberships=sql).split(";\n"):
            cursor.execute(one, parameters if "%s" in one else None)
        cursor.execute("ANALYZE metering_member")
        cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL jit = off")
    run_script("zone_totals")
    return len(due)


def _known_days() -> tuple[date | None, date | None]:
    """Return the first and last day with figures of zones or, before there were any zones, of meters."""
    for model in (ZoneConsumption, DailyConsumption):
        known = model.objects.aggregate(first=Min("day"), last=Max("day"))
        if known["first"]:
            return known["first"], known["last"]
    return None, None


def _memberships(
    first_day: date, last_day: date, zones: Sequence[int] | None = None
) -> tuple[str, tuple[Any, ...]]:
    rows = memberships_overlapping(day_bounds(first_day)[0], day_bounds(last_day)[1], zones)
    return rows.values("connection_point_id", "zone_id", "valid").query.sql_with_params()
