"""The history of sensors: pages of readings, and series in as many points as a chart wants."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from backend.core import clock
from backend.core.api.filters import refuse_unknown
from backend.core.api.tables import CsvRenderer
from backend.core.models.users import STAFF_ROLES
from backend.core.permissions import HasRole
from telemetry.api.formats import COLUMNS, ArrowRenderer, arrow_stream, table_rows
from telemetry.api.series_serializers import (
    SensorReadingsIn,
    SeriesOut,
    SeveralReadingsIn,
    SeveralReadingsOut,
)
from telemetry.domain.resolution import TooManyPointsError
from telemetry.models import Sensor
from telemetry.queries.readings import Page, readings_page, readings_thinned
from telemetry.queries.series import Series, series

Staff = HasRole(*STAFF_ROLES)
MAX_READINGS = 10_000
DEFAULT_POINTS = 800
DEFAULT_SPAN = timedelta(days=1)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class _Readings(GenericAPIView):
    permission_classes = [Staff]
    renderer_classes = (JSONRenderer, CsvRenderer, ArrowRenderer)
    pagination_class = None
    filter_backends = []

    def answer(self, found: list[Series], body: dict[str, Any]) -> Response:
        """Answer in the format that was agreed on."""
        if self.request.accepted_renderer.format == "csv":
            return Response({"rows": table_rows(found), "columns": COLUMNS})
        return Response(arrow_stream(found) if self.request.accepted_renderer.format == "arrow" else body)


class SensorReadings(_Readings):
    @extend_schema(
        parameters=[SensorReadingsIn],
        operation_id="sensors_readings",
        responses={
            (200, "application/json"): SeriesOut,
            (200, "text/csv"): OpenApiResponse(str),
            (200, "application/vnd.apache.arrow.stream"): OpenApiResponse(bytes),
        },
    )
    def get(self, request: Request, code: str) -> Response:
        """Return a sensor's history over [from, to) of device time, oldest first; unless told, the last day.

        With `points`, `resolution` or `format`: a series of never more than `points` points. They are the
        readings themselves where those are few enough, else buckets with the mean, extremes, first and last
        value, count, quality and coverage of each; `gaps` lists where more than three expected intervals were
        missed. Without them: pages of readings, or with `max_points` the lowest and highest of each slice.
        """
        given = _asked(request, SensorReadingsIn)
        sensors = Sensor.objects.visible_to(request.user).select_related("device")
        sensor = get_object_or_404(sensors, code=code)
        start, end = _window(given)
        as_table = request.accepted_renderer.format != "json"  # also where the header asked for it
        if as_table or {"points", "resolution", "format"} & set(request.query_params):
            found = _series(sensor, start, end, given)
            return self.answer([found], _series_body(found))
        page = _page(sensor.pk, start, end, given)
        body = {
            "sensor": sensor.code,
            "unit": sensor.unit,
            "quantity": sensor.quantity,
            "from": start,
            "to": end,
            "downsampled": page.downsampled,
            "next": _next_url(request, page, start, end),
            "results": [{"at": at, "value": value, "quality": quality} for at, value, quality in page.points],
        }
        return Response(body)


class SeveralReadings(_Readings):
    @extend_schema(
        parameters=[SeveralReadingsIn],
        operation_id="readings",
        responses={
            (200, "application/json"): SeveralReadingsOut,
            (200, "text/csv"): OpenApiResponse(str),
            (200, "application/vnd.apache.arrow.stream"): OpenApiResponse(bytes),
        },
    )
    def get(self, request: Request) -> Response:
        """Return the series of up to twenty sensors over one window, for trends and comparison."""
        given = _asked(request, SeveralReadingsIn)
        sensors = Sensor.objects.visible_to(request.user).select_related("device")
        known = {sensor.code: sensor for sensor in sensors.filter(code__in=given["sensors"])}
        if missing := [code for code in given["sensors"] if code not in known]:
            raise NotFound(_("There is no such sensor: %(codes)s.") % {"codes": ", ".join(missing)[:200]})
        start, end = _window(given)
        found = [_series(known[code], start, end, given) for code in given["sensors"]]
        return self.answer(found, {"from": start, "to": end, "series": [_series_body(one) for one in found]})


def _asked(request: Request, serializer: type[Any]) -> dict[str, Any]:
    refuse_unknown(request, serializer().fields)
    asked = serializer(data=request.query_params)
    asked.is_valid(raise_exception=True)
    given: dict[str, Any] = asked.validated_data
    return given


def _window(given: dict[str, Any]) -> tuple[datetime, datetime]:
    end = given.get("to") or clock.now() + timedelta(minutes=5)
    start = given.get("from") or max(end, EARLIEST + DEFAULT_SPAN) - DEFAULT_SPAN
    if start >= end:
        raise ValidationError({"from": [_("The start must come before the end.")]})
    if start < EARLIEST or end > LATEST:
        raise ValidationError({"from": [_("There is no history so far away.")]})
    return start.astimezone(UTC), end.astimezone(UTC)


def _series(sensor: Sensor, start: datetime, end: datetime, given: dict[str, Any]) -> Series:
    asked = given.get("resolution") or "auto"
    points = given.get("points") or (DEFAULT_POINTS if asked == "auto" else MAX_READINGS)
    try:
        return series(sensor, start, end, points=points, resolution=asked, now=clock.now())
    except TooManyPointsError:
        text = _(
            "These are more points than may be asked for. Narrow the window or take a coarser resolution."
        )
        raise ValidationError({"resolution": [text]}) from None


def _series_body(found: Series) -> dict[str, Any]:
    raw = found.width_s == 0
    return {
        "sensor": found.sensor.code,
        "name": found.sensor.name,
        "unit": found.sensor.unit,
        "quantity": found.sensor.quantity,
        "from": found.start,
        "to": found.end,
        "resolution": found.resolution,
        "width_s": found.width_s,
        "downsampled": not raw,
        "coverage": round(found.coverage, 4),
        "gaps": [{"from": start, "to": end} for start, end in found.gaps.intervals],
        "gaps_precision_s": found.gaps.precision_s,
        "gaps_truncated": found.gaps.truncated,
        "next": None,
        "results": [_reading(*point) if raw else _bucket(*point) for point in found.points],
    }


def _reading(at: datetime, value: float | None, *rest: Any) -> dict[str, Any]:
    return {"at": _text(at), "value": value, "quality": rest[5]}


def _bucket(at: datetime, value: float | None, *rest: Any) -> dict[str, Any]:
    low, high, first, last, count, quality, coverage = rest
    return {
        "at": _text(at),
        "value": value,
        "min": low,
        "max": high,
        "first": first,
        "last": last,
        "count": count,
        "quality": quality,
        "coverage": coverage,
    }


def _text(at: datetime) -> str:
    """Return an instant as text; a thousand at once are worth not going through the encoder."""
    return at.isoformat().replace("+00:00", "Z")


def _page(sensor_id: int, start: datetime, end: datetime, given: dict[str, Any]) -> Page:
    if max_points := given.get("max_points"):
        return readings_thinned(sensor_id, start, end, max_points=max_points)
    after = _decode(given["cursor"]) if given.get("cursor") else None
    return readings_page(sensor_id, start, end, limit=min(given["limit"], MAX_READINGS), after=after)


def _next_url(request: Request, page: Page, start: datetime, end: datetime) -> str | None:
    if page.next_after is None:
        return None
    url = request.build_absolute_uri()
    cursor = urlsafe_b64encode(page.next_after.isoformat().encode()).decode().rstrip("=")
    for name, value in (("from", start.isoformat()), ("to", end.isoformat()), ("cursor", cursor)):
        url = replace_query_param(url, name, value)
    return url


def _decode(cursor: str) -> datetime:
    try:
        at = datetime.fromisoformat(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode())
        if at.tzinfo is None or not EARLIEST <= at <= LATEST:
            raise ValueError
    except ValueError:
        raise ValidationError({"cursor": [_("This is not a cursor of this list.")]}) from None
    return at
