"""Figures of zones:

which of them no longer follow from the days of their meters, and those days added up again.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction

from backend.core.clock import day_bounds
from gis.queries.memberships import memberships_overlapping
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


def _memberships(first_day: date, last_day: date) -> tuple[str, tuple[Any, ...]]:
    rows = memberships_overlapping(day_bounds(first_day)[0], day_bounds(last_day)[1])
    return rows.values("connection_point_id", "zone_id", "valid").query.sql_with_params()
