"""What may be asked for, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from backend.core import clock
from backend.core.errors import InvalidInput

PERIOD = [
    OpenApiParameter("from", str, description="an instant or a local day; 30 days before `to` unless told"),
    OpenApiParameter("to", str, description="an instant (excluded) or a local day (included)"),
]
DEFAULT_LENGTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Asked:
    """A half-open time."""

    start: datetime
    end: datetime


def period(request: Request) -> Asked:
    """Read `from` and `to` of a request.

    Raises:
        InvalidInput: one of them is neither a day nor an instant with an offset, or the end is not after the
        start.
    """
    end = _instant(request, "to", last=True) or clock.day_bounds(clock.local_day(clock.now()))[1]
    start = _instant(request, "from", last=False) or end - DEFAULT_LENGTH
    if start >= end:
        raise InvalidInput(errors={"from": [_("Choose a period that ends after it begins.")]})
    return Asked(start, end)


def _instant(request: Request, name: str, *, last: bool) -> datetime | None:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        day, at = parse_date(text), parse_datetime(text.replace(" ", "+"))
        if day is not None and 1900 < day.year < 9000:
            return clock.day_bounds(day)[1 if last else 0]
        if at is not None and at.tzinfo is not None and 1900 < at.year < 9000:
            return at
    except (ValueError, OverflowError):
        pass
    told = _("Enter a day (2026-06-02) or an instant with its offset (2026-06-02T14:00:00Z).")
    raise InvalidInput(errors={name: [told]})
