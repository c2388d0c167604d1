"""What a zone consumed, hour by hour, day by day or month by month, and the year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput
from metering.domain.periods import Bucket, days_between, edges, year_before
from metering.domain.units import STORED_UNIT
from metering.models import Utility, ZoneConsumption
from metering.queries.audience import Reader, too_small, zone_for
from metering.queries.hours import hourly_figures

LONGEST = {Bucket.HOUR: 14 * 25, Bucket.DAY: 3 * 366, Bucket.MONTH: 30 * 12}
"""How many periods one answer may hold."""
if TYPE_CHECKING:
    from gis.models import Zone

MILLI = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Period:
    """A figure of a half-open period; `value` is None where nothing is known.

    `coverage` is the share of meter-time that lies between registers; `estimated` the share of the value that
    was spread from longer intervals or taken from last year.
    """

    start: datetime
    end: datetime
    value: Decimal | None
    coverage: float
    estimated: float
    meters_read: int
    meters_total: int


class _Day(NamedTuple):
    value: Decimal | None
    coverage: float
    estimated_share: float
    meters_read: int
    meters_total: int


@dataclass(frozen=True, slots=True)
class ZoneSeries:
    """The figures of a zone; `previous` holds those of the year before, period by period, where asked for."""

    zone: str
    zone_name: str
    utility: str
    unit: str
    bucket: str
    coverage: float
    series: tuple[Period, ...]
    previous: tuple[Period, ...] | None


def zone_consumption(
    zone_code: str,
    start: datetime,
    end: datetime,
    bucket: str = "day",
    utility: str | None = None,
    *,
    compare_previous_year: bool = False,
    reader: Reader = None,
) -> ZoneSeries:
    """Return what the members of that time consumed in a zone over [start, end), by whole local periods.

    A day or hour is compared with the same weekday 52 weeks before, a month with the same month of the year
    before. Without `utility`, it is the zone's own, or water.

    Args:
        reader: whose right counts; None is the public, which sees no figure that rests on fewer than ten
        meters.

    Raises:
        NotFound: there is no such zone, or its figures are not published to this reader.
        InvalidInput: an unknown bucket or utility, or too long a time.
    """
    zone, fewest = zone_for(zone_code, reader)
    size, kind = _checked(bucket, utility or zone.utility or Utility.WATER)
    cuts = edges(start, end, size) if start < end else []
    if not 1 < len(cuts) <= LONGEST[size] + 1:
        raise InvalidInput(errors={"from": [_("Choose a shorter period that ends after it begins.")]})
    found = _figures(zone, kind, size, cuts)
    if fewest and all(one.meters_total < fewest for one in found):
        raise too_small()
    previous = _figures(zone, kind, size, _before(cuts, size)) if compare_previous_year else None
    return ZoneSeries(
        zone=zone.code,
        zone_name=zone.name,
        utility=kind,
        unit=STORED_UNIT[kind],
        bucket=size.value,
        coverage=_mean([one.coverage for one in found]),
        series=tuple(_withheld(one, fewest) for one in found),
        previous=None if previous is None else tuple(_withheld(one, fewest) for one in previous),
    )


def _checked(bucket: str, utility: str) -> tuple[Bucket, str]:
    if bucket not in set(Bucket):
        raise InvalidInput(errors={"bucket": [_("Choose hour, day or month.")]})
    if utility not in Utility.values:
        raise InvalidInput(errors={"utility": [_("Choose water, electricity or sewerage.")]})
    return Bucket(bucket), str(utility)


def _before(cuts: Sequence[datetime], size: Bucket) -> list[datetime]:
    """Return the edges to compare with: the same local clock time of the day or month a year before."""
    moved = []
    for cut in cuts:
        local = cut.astimezone(clock.LOCAL)
        day = year_before(local.date(), Bucket.MONTH if size is Bucket.MONTH else Bucket.DAY)
        moved.append(clock.day_bounds(day)[0] + (cut - clock.day_bounds(local.date())[0]))
    return moved


def _figures(zone: Zone, utility: str, size: Bucket, cuts: Sequence[datetime]) -> list[Period]:
    if size is Bucket.HOUR:
        return [Period(*one) for one in hourly_figures(zone.pk, utility, cuts)]
    rows = _rows(zone, utility, clock.local_day(cuts[0]), clock.local_day(cuts[-1]))
    today = clock.local_day(clock.now())
    return [_combined(start, end, rows, today) for start, end in pairwise(cuts)]


def _rows(zone: Zone, utility: str, first: date, behind: date) -> dict[date, _Day]:
    rows = ZoneConsumption.objects.filter(zone=zone, utility=utility, day__gte=first, day__lt=behind)
    return {day: _Day(*row) for day, *row in rows.values_list("day", *_Day._fields)}


def _combined(start: datetime, end: datetime, rows: dict[date, _Day], today: date) -> Period:
    """Add up the days of a period; a day without a figure counts as not covered once it has begun."""
    first, behind = clock.local_day(start), clock.local_day(end)
    days = days_between(first, min(behind - timedelta(days=1), today))
    known = [rows[day] for day in days if day in rows]
    valued = [row for row in known if row.value is not None]
    total = sum((row.value or Decimal(0) for row in valued), Decimal(0))
    estimated = sum(float(row.value or 0) * row.estimated_share for row in valued)
    return Period(
        start,
        end,
        total.quantize(MILLI) if valued else None,
        round(sum(row.coverage for row in known) / len(days), 4) if days else 0.0,
        round(estimated / float(total), 4) if total else 0.0,
        max((row.meters_read for row in known), default=0),
        max((row.meters_total for row in known), default=0),
    )


def _withheld(one: Period, fewest: int) -> Period:
    if one.value is None or one.meters_total >= fewest:
        return one
    return Period(one.start, one.end, None, 0.0, 0.0, 0, 0)


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
