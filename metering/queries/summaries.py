"""A zone's consumption in a few figures: a day, the last week and month, and the same of last year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import ExpressionWrapper, F, FloatField, Max, Min, Q, QuerySet, Sum

from backend.core import clock
from gis import queries as gis
from metering.domain.periods import Bucket, year_before
from metering.domain.units import STORED_UNIT
from metering.models import ZoneConsumption
from metering.queries.audience import FEWEST_METERS, Reader, zone_for, zones_of

ESTIMATED = ExpressionWrapper(F("value") * F("estimated_share"), output_field=FloatField())


@dataclass(frozen=True, slots=True)
class Figure:
    """A total over local days, `first` to `last` included; None where nothing is known."""

    first: date
    last: date
    value: Decimal | None
    coverage: float
    estimated: float
    last_year: Decimal | None

    @property
    def change(self) -> float | None:
        """By how much more than last year, as a share; None without a year to compare with."""
        if self.value is None or not self.last_year:
            return None
        return float(self.value / self.last_year) - 1


@dataclass(frozen=True, slots=True)
class ZoneSummary:
    """The last complete day, the seven and the thirty days up to it.

    `meters_read` counts those read on the last day, `meters_total` the most there were over the thirty days,
    and `meters_fewest` the fewest that any of the figures rests on.
    """

    zone: str
    utility: str
    unit: str
    day: Figure
    week: Figure
    month: Figure
    meters_read: int
    meters_total: int
    meters_fewest: int


def zone_summary(zone_code: str, *, last_day: date | None = None, reader: Reader = None) -> list[ZoneSummary]:
    """Return the summaries of a zone, one per utility; those not for this reader are left out.

    Args:
        last_day: yesterday, unless told.
        reader: see `zone_consumption`.

    Raises:
        NotFound: there is no such zone.
    """
    zone, fewest = zone_for(zone_code, reader)
    return list(_summaries(ZoneConsumption.objects.filter(zone=zone), _last(last_day), fewest))


def zone_summaries(*, last_day: date | None = None, reader: Reader = None) -> list[ZoneSummary]:
    """Return the summaries of all zones, by code and utility, in one query for the figures.

    The public, and staff for the zones they do not answer for, see only what rests on ten meters or more.
    """
    rows = ZoneConsumption.objects.filter(zone__in=gis.public_zones().values("pk"))
    own = _own_zones(reader)
    found = _summaries(rows, _last(last_day), 0)
    return [one for one in found if one.zone in own or one.meters_fewest >= FEWEST_METERS]


def _own_zones(reader: Reader) -> frozenset[str]:
    if reader is None or not reader.is_authenticated:
        return frozenset()
    return frozenset(zones_of(reader).values_list("code", flat=True))


def _last(day: date | None) -> date:
    return day or clock.local_day(clock.now()) - timedelta(days=1)


def _summaries(rows: QuerySet[ZoneConsumption], last: date, fewest: int) -> Iterable[ZoneSummary]:
    spans = {"day": _span(last, 1), "week": _span(last, 7), "month": _span(last, 30)}
    sums: dict[str, Any] = {}
    for name, (now, then) in spans.items():
        sums |= {f"{name}_value": Sum("value", filter=now), f"{name}_then": Sum("value", filter=then)}
        sums |= {f"{name}_covered": Sum("coverage", filter=now)}
        sums |= {f"{name}_estimated": Sum(ESTIMATED, filter=now)}
    year = _span(last, 30)
    sums |= {"read": Max("meters_read", filter=Q(day=last)), "total": Max("meters_total", filter=year[0])}
    sums |= {"fewest": Min("meters_total", filter=Q(value__isnull=False))}
    grouped = rows.filter(year[0] | year[1]).values("zone__code", "utility").annotate(**sums)
    rows_of_sums: Iterable[Any] = grouped.order_by("zone__code", "utility")
    for row in rows_of_sums:
        if row["total"] is not None and (row["fewest"] or 0) >= fewest:
            yield _summary(row, last)


def _span(last: date, days: int) -> tuple[Q, Q]:
    first, before = last - timedelta(days=days - 1), year_before(last, Bucket.DAY)
    return (
        Q(day__gte=first, day__lte=last),
        Q(day__gte=before - timedelta(days=days - 1), day__lte=before),
    )


def _summary(row: dict[str, Any], last: date) -> ZoneSummary:
    def figure(name: str, days: int) -> Figure:
        value: Decimal | None = row[f"{name}_value"]
        estimated = float(row[f"{name}_estimated"] or 0)
        return Figure(
            last - timedelta(days=days - 1),
            last,
            value,
            round(float(row[f"{name}_covered"] or 0) / days, 4),
            round(estimated / float(value), 4) if value else 0.0,
            row[f"{name}_then"],
        )

    return ZoneSummary(
        row["zone__code"],
        row["utility"],
        STORED_UNIT[row["utility"]],
        figure("day", 1),
        figure("week", 7),
        figure("month", 30),
        row["read"] or 0,
        row["total"] or 0,
        row["fewest"] or 0,
    )
