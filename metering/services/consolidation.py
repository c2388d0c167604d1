"""Compute again what no longer follows from the registers: days of meters, then figures of zones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import connection, transaction
from django.db.models import Max, Min

from metering.domain import consolidation as domain
from metering.domain.periods import day_edges
from metering.domain.registers import capacity
from metering.models import Meter, RegisterReading, StaleSpan, StaleZoneDay
from metering.models.readings import TOTAL, USABLE
from metering.services.columns import copy_columns, create_temporary, days_since_epoch
from metering.services.statements import statement
from metering.services.storage import mark_stale
from metering.services.turns import alone, run_script
from metering.services.zone_figures import consolidate_zones, mark_zone_days

METERS_AT_ONCE = 2_000
MANY_ROWS = 100_000
"""So many new rows make the planner's picture of the table wrong; it is not left waiting for autovacuum."""
AROUND = 3
"""Registers read on either side of a stale interval: enough to pass over two that are in doubt."""

Progress = Callable[[str, int], None]
"""Called with what was computed (`meters` or `zone_days`) and how many of them in this step."""


@dataclass(frozen=True, slots=True)
class Consolidated:
    """How much was computed again."""

    meters: int
    zone_days: int


def consolidate(*, wait: bool = True, progress: Progress | None = None) -> Consolidated:
    """Compute all that is stale, in steps that are each committed; interrupted, the rest stays stale.

    One caller works at a time: a figure of a zone is the sum of days that another could be changing.

    Args:
        wait: for another caller to finish its step; else leave all to that caller, who goes on to the end.
        progress: told of each step.
    """
    meters = zone_days = 0
    while done := _consolidate_meters(wait):
        meters += done
        if progress:
            progress("meters", done)
    while done := consolidate_zones(wait):
        zone_days += done
        if progress:
            progress("zone_days", done)
    return Consolidated(meters, zone_days)


@transaction.atomic
def recompute_days(*, meters: Iterable[int], first_day: date, last_day: date) -> None:
    """Mark local days of meters stale, both ends included, whatever the reason;

    `consolidate` computes them.
    """
    StaleSpan.objects.bulk_create(
        (StaleSpan(meter_id=pk, first_day=first_day, last_day=last_day) for pk in meters), batch_size=5_000
    )


@transaction.atomic
def recompute_everything() -> int:
    """Mark every day that lies between registers stale; return of how many meters."""
    registers = RegisterReading.objects.filter(register=TOTAL, quality__gte=USABLE).values_list("meter_id")
    ranges = list(registers.annotate(first=Min("at"), last=Max("at")))
    intervals = [(pk, int(first.timestamp()), int(last.timestamp())) for pk, first, last in ranges]
    mark_stale(np.array(intervals, dtype=np.int64).reshape(-1, 3))
    return len(intervals)


@transaction.atomic
def _consolidate_meters(wait: bool) -> int:
    if not alone(wait=wait):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(statement("claim_spans"), [METERS_AT_ONCE])
        due = cursor.fetchall()
    if not due:
        return 0
    origin, end = min(row[1] for row in due), max(row[2] for row in due)
    edges = [int(at.timestamp()) for at in day_edges(origin, end)]
    fleet = _fleet(due, origin)
    figures = domain.consolidate(fleet, *_registers(fleet, edges), np.array(edges, dtype=np.int64))
    _replace(fleet, figures, days_since_epoch(origin))
    return len(due)


def _fleet(due: list[tuple[int, date, date]], origin: date) -> domain.Fleet:
    facts = Meter.objects.in_bulk([row[0] for row in due])
    ordered = sorted(due)
    return domain.Fleet(
        np.array([row[0] for row in ordered], dtype=np.int64),
        np.array([capacity(facts[row[0]].digits) for row in ordered], dtype=np.int64),
        [facts[row[0]].multiplier for row in ordered],
        np.array([(row[1] - origin).days for row in ordered], dtype=np.int64),
        np.array([(row[2] - origin).days for row in ordered], dtype=np.int64),
    )


def _registers(fleet: domain.Fleet, edges: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    starts = np.array(edges, dtype=np.int64)
    create_temporary("metering_intervals", {"meter_id": "bigint", "starts": "bigint", "ends": "bigint"})
    columns = {
        "meter_id": ("bigint", fleet.meter),
        "starts": ("bigint", starts[fleet.first]),
        "ends": ("bigint", starts[fleet.last + 1]),
    }
    copy_columns("metering_intervals", columns)
    with connection.cursor() as cursor:
        cursor.execute(statement("load_registers"), {"usable": USABLE, "around": AROUND})
        rows = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 3)
    return rows[:, 0], rows[:, 1], rows[:, 2]


def _replace(fleet: domain.Fleet, figures: domain.Figures, offset: int) -> None:
    create_temporary("metering_due", {"meter_id": "bigint", "first_day": "date", "last_day": "date"})
    due = {
        "meter_id": ("bigint", fleet.meter),
        "first_day": ("date", fleet.first + offset),
        "last_day": ("date", fleet.last + offset),
    }
    copy_columns("metering_due", due)
    computed = {
        "meter_id": ("bigint", figures.meter),
        "day": ("date", figures.period + offset),
        "volume": ("bigint", figures.volume),
        "coverage": ("double precision", figures.coverage),
        "estimated_share": ("double precision", figures.estimated_share),
    }
    create_temporary("metering_computed", {name: kind for name, (kind, _) in computed.items()})
    copy_columns("metering_computed", computed)
    run_script("replace_days")
    if len(figures.meter) > MANY_ROWS:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE metering_dailyconsumption")
    mark_zone_days()


def stale_days() -> int:
    """Say how many figures wait to be computed again."""
    return StaleSpan.objects.count() + StaleZoneDay.objects.count()
