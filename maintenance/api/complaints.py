"""Complaints per zone: public figures, no personal data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core import clock
from maintenance import queries
from maintenance.api import inputs, outputs

PERIOD = [
    OpenApiParameter("from", str, description="an instant or a local day; 30 days before `to` unless told"),
    OpenApiParameter(
        "to", str, description="an instant (excluded) or a local day (included); now unless told"
    ),
    OpenApiParameter("bucket", str, enum=["hour", "day", "month"]),
    OpenApiParameter("utility", str, enum=["water", "electricity", "other"]),
]


class ZoneComplaintsView(APIView):
    """How many complaints a zone had, how many are still open, about what."""

    permission_classes = (AllowAny,)

    @extend_schema(parameters=PERIOD, responses=outputs.ZoneComplaintsOutput)
    def get(self, request: Request, code: str) -> Response:
        given = inputs.PeriodInput(data=request.query_params)
        given.is_valid(raise_exception=True)
        end = _instant(request, "to", last=True) or clock.now()
        start = _instant(request, "from", last=False) or end - timedelta(days=30)
        found = queries.zone_complaints(zone_code=code, start=start, end=end, **given.validated_data)
        return Response(outputs.ZoneComplaintsOutput(found).data)


def _instant(request: Request, name: str, *, last: bool) -> datetime | None:
    """Read an instant or a local day; of a day, the start, or its end where it is the `last`."""
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        day, at = parse_date(text), parse_datetime(text)
        if day is not None:
            return clock.day_bounds(day)[1 if last else 0]
        if at is not None and 1900 < at.year < 9000:
            return at if at.tzinfo else at.replace(tzinfo=clock.LOCAL).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValidationError({name: [_("Enter a day (2025-06-02) or an instant (2025-06-02T14:00:00Z).")]})
