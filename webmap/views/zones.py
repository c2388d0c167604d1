"""The figures of each zone, open to everyone: consumption with the year before, complaints, coverage in
words."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backend.core import clock
from backend.core.domain.numbers import whole_number
from backend.core.errors import NotFound
from gis import queries as gis
from maintenance import queries as maintenance
from metering import queries as metering
from metering.queries import Period, ZoneSeries
from webmap.words import coverage_in_words

PERIODS = (7, 30, 90)
UTILITIES = ("water", "electricity")
UNITS = {"m3": "m³"}
WELL_COVERED = 0.9
"""From this share of the time read, a day's figure stands for the day."""
KINDS = ("commune", "district", "dma", "feeder", "transformer")


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of a zone, beside the same weekday of the year before."""

    day: date
    value: float | None
    before: float | None
    coverage: float
    estimated: float

    @property
    def change(self) -> float | None:
        """By how many percent more than the year before."""
        if self.value is None or not self.before:
            return None
        return (self.value / self.before - 1) * 100


@require_safe
def zones(request: HttpRequest) -> HttpResponse:
    """List the zones with their last week."""
    summaries: dict[str, list[Any]] = {}
    for summary in metering.zone_summaries(reader=request.user):
        summaries.setdefault(summary.zone, []).append(summary)
    listed = sorted(gis.public_zones(), key=lambda zone: (KINDS.index(zone.kind), len(zone.code), zone.code))
    rows = [{"zone": zone, "summaries": summaries.get(zone.code, [])} for zone in listed]
    return render(request, "zones/list.html", {"rows": rows, "units": UNITS})


@require_safe
def zone(request: HttpRequest, code: str) -> HttpResponse:
    """Show a zone's days and what its people complain about."""
    found = gis.zone_by_code(code)
    if found is None:
        raise Http404
    days, utility = _asked(request, found)
    start, end = _window(days)
    series, why_not = _series(request, code, start, end, utility)
    rows = day_rows(series) if series else []
    complaints = maintenance.zone_complaints(zone_code=code, start=start, end=end, utility=utility)
    names = {category.code: category.name for category in maintenance.categories()}
    context = {
        "zone": found,
        "days": days,
        "periods": PERIODS,
        "utility": utility,
        "utilities": UTILITIES if not found.utility else (),
        "unit": UNITS.get(series.unit, series.unit) if series else "",
        "rows": rows,
        "totals": _totals(rows),
        "coverage": coverage_in_words(rows),
        "why_not": why_not,
        "plot": _plot(rows, series, utility) if any(row.value is not None for row in rows) else None,
        "complaints": complaints,
        "categories": [(names.get(name, name), count) for name, count in complaints.by_category.items()],
        "children": [child for child in gis.public_zones() if child.parent_id == found.pk],
    }
    return render(request, "zones/zone.html", context)


@require_safe
def figures(request: HttpRequest, code: str) -> HttpResponse:
    """Give the days of a zone as a CSV file."""
    found = gis.zone_by_code(code)
    if found is None:
        raise Http404
    days, utility = _asked(request, found)
    start, end = _window(days)
    series, _why_not = _series(request, code, start, end, utility)
    complaints = maintenance.zone_complaints(zone_code=code, start=start, end=end, utility=utility)
    filed = {clock.local_day(one.start): one for one in complaints.series}
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.code}-{utility}-{days}.csv"'
    writer = csv.writer(response)
    unit = series.unit if series else ""
    writer.writerow(["day", "zone", "utility", f"consumption_{unit or 'unknown'}", "last_year", "coverage",
                     "estimated_share", "complaints", "complaints_open"])  # fmt: skip
    for row in day_rows(series) if series else []:
        one = filed.get(row.day)
        writer.writerow(
            [row.day.isoformat(), found.code, utility, _cell(row.value), _cell(row.before), row.coverage,
            row.estimated, one.value if one else 0, one.open if one else 0]
        )  # fmt: skip
    return response


def day_rows(series: ZoneSeries) -> list[DayRow]:
    """Put each day beside the one it is compared with."""
    before: tuple[Period | None, ...] = series.previous or (None,) * len(series.series)
    return [
        DayRow(
            clock.local_day(now.start),
            None if now.value is None else float(now.value),
            None if then is None or then.value is None else float(then.value),
            now.coverage,
            now.estimated,
        )
        for now, then in zip(series.series, before, strict=True)
    ]


def _asked(request: HttpRequest, found: Any) -> tuple[int, str]:
    days = whole_number(request.GET.get("days", ""))
    chosen = days if days in PERIODS else 30
    utility = request.GET.get("utility", "")
    return chosen, found.utility or (utility if utility in UTILITIES else "water")


def _window(days: int) -> tuple[Any, Any]:
    """Return whole local days up to and with today: today's figures fill as they come in."""
    today = clock.local_day(clock.now())
    return clock.day_bounds(today - timedelta(days=days - 1))[0], clock.day_bounds(today)[1]


def _series(
    request: HttpRequest, code: str, start: Any, end: Any, utility: str
) -> tuple[ZoneSeries | None, str]:
    try:
        found = metering.zone_consumption(
            code, start, end, "day", utility, compare_previous_year=True, reader=request.user
        )
    except NotFound as error:
        return None, error.detail
    return found, ""


def _totals(rows: list[DayRow]) -> dict[str, Any]:
    """Add up the whole days; compare only days that both years have."""
    whole = rows[:-1]
    valued = [row for row in whole if row.value is not None]
    both = [row for row in valued if row.before is not None]
    now, then = sum(row.value or 0 for row in both), sum(row.before or 0 for row in both)
    change = (now / then - 1) * 100 if then else None
    yesterday = whole[-1] if whole else None
    covered = next((row for row in reversed(valued) if row.coverage >= WELL_COVERED), None)
    last = covered or (valued[-1] if valued else None)
    return {
        "value": sum(row.value or 0 for row in valued) if valued else None,
        "last": last,
        "last_is_yesterday": last is not None and last is yesterday,
        "change": change,
        "change_size": abs(change) if change is not None else None,
        "coverage": sum(row.coverage for row in whole) / len(whole) if whole else 0.0,
    }


def _plot(rows: list[DayRow], series: ZoneSeries | None, utility: str) -> dict[str, Any]:
    before = [row.before for row in rows]
    return {
        "unit": UNITS.get(series.unit, series.unit) if series else "",
        "tone": f"--{utility}",
        "days": [row.day.isoformat() for row in rows],
        "values": [row.value for row in rows],
        "before": before if any(value is not None for value in before) else None,
    }


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
