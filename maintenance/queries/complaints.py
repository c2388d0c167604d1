"""Complaints per zone: how many, still open, about what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DateTimeField, F, Func, IntegerField, Q, Value
from django.utils.translation import gettext as _

from backend.core.errors import InvalidInput, NotFound
from gis import queries as gis
from maintenance.domain.states import REPORT_OPEN
from maintenance.models import Report
from metering.domain.periods import Bucket, edges

BUCKETS_AT_MOST = 1000
NOT_COUNTED = ("rejected", "duplicate", "out_of_scope")
"""Reports that turned out to be no complaint of ours."""


@dataclass(frozen=True, slots=True)
class ComplaintBucket:
    """The complaints of a half-open period. `coverage`: share of all reports with a known place."""

    start: datetime
    end: datetime
    value: int
    open: int
    by_category: dict[str, int]
    coverage: float | None


@dataclass(frozen=True, slots=True)
class ZoneComplaints:
    """The complaints of a zone over a time."""

    zone: str
    zone_name: str
    unit: str
    coverage: float | None
    series: tuple[ComplaintBucket, ...]

    @property
    def total(self) -> int:
        """The complaints of the whole time."""
        return sum(bucket.value for bucket in self.series)

    @property
    def open(self) -> int:
        """Those that still wait for us."""
        return sum(bucket.open for bucket in self.series)

    @property
    def by_category(self) -> dict[str, int]:
        """The complaints of the whole time per category code, the most frequent first."""
        counted: Counter[str] = Counter()
        for bucket in self.series:
            counted.update(bucket.by_category)
        return dict(counted.most_common())


def zone_complaints(
    *, zone_code: str, start: datetime, end: datetime, bucket: str = "day", utility: str | None = None
) -> ZoneComplaints:
    """Count the reports filed in a zone, by the zones their place lay in when they were filed.

    Periods are local hours, days or months, half-open, widened to whole ones. A report that only describes
    its place is in no zone: `coverage` is the share of all the operator's reports with a known one.

    Raises:
        NotFound: there is no such zone.
        InvalidInput: an unknown bucket, or too many of them.
    """
    zone = gis.zone_by_code(zone_code)
    if zone is None:
        raise NotFound
    size = _bucket(bucket)
    cuts = edges(start, end, size)
    if not start < end or len(cuts) > BUCKETS_AT_MOST:
        raise InvalidInput(errors={"from": [_period_message()]})
    reports = Report.objects.filter(submitted_at__gte=cuts[0], submitted_at__lt=cuts[-1])
    if utility:
        reports = reports.filter(category__utility=utility)
    counted = _count(reports.exclude(state__in=NOT_COUNTED).filter(zones__code=zone_code), cuts)
    placed = _share_placed(reports, cuts)
    series = tuple(
        ComplaintBucket(
            first, last, *counted.get(first, (0, 0, {})), coverage=_ratio(*placed.get(first, (0, 0)))
        )
        for first, last in pairwise(cuts)
    )
    totals = [sum(pair[i] for pair in placed.values()) for i in (0, 1)]
    return ZoneComplaints(zone_code, zone.name, "reports", _ratio(*totals), series)


def _count(reports: Any, cuts: list[datetime]) -> dict[datetime, tuple[int, int, dict[str, int]]]:
    found: dict[datetime, tuple[int, int, dict[str, int]]] = {}
    grouped = reports.annotate(at=_period(cuts)).values("at", "category__code").order_by("at")
    for row in grouped.annotate(value=Count("pk"), open=Count("pk", filter=Q(state__in=REPORT_OPEN))):
        first = cuts[row["at"] - 1]
        value, waiting, by_category = found.get(first, (0, 0, {}))
        by_category = {**by_category, row["category__code"]: row["value"]}
        found[first] = (value + row["value"], waiting + row["open"], by_category)
    return found


def _share_placed(reports: Any, cuts: list[datetime]) -> dict[datetime, tuple[int, int]]:
    grouped = reports.annotate(at=_period(cuts)).values("at").order_by("at")
    totals = grouped.annotate(
        total=Count("pk"), placed=Count("pk", filter=Q(zone__isnull=False) | Q(geom__isnull=False))
    )
    return {cuts[row["at"] - 1]: (row["placed"], row["total"]) for row in totals}


def _period(cuts: list[datetime]) -> Func:
    """Number the period a report was filed in, from 1.

    The database is given the instants: its own idea of the local time may be older than ours.
    """
    instants = Value(cuts, output_field=ArrayField(DateTimeField()))
    return Func(F("submitted_at"), instants, function="width_bucket", output_field=IntegerField())


def _ratio(placed: int, total: int) -> float | None:
    return round(placed / total, 4) if total else None


def _bucket(name: str) -> Bucket:
    try:
        return Bucket(name)
    except ValueError:
        raise InvalidInput(errors={"bucket": [_("Choose hour, day or month.")]}) from None


def _period_message() -> str:
    return _("Choose a shorter period that ends after it begins.")
