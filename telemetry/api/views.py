"""Devices, sensors and their readings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from backend.core import clock
from backend.core.api.filters import BboxFilter, refuse_unknown
from backend.core.api.pagination import CursorList
from backend.core.models.users import STAFF_ROLES
from backend.core.permissions import HasRole
from telemetry.api.features import FeatureList, collection, feature
from telemetry.api.serializers import DeadLetterOut, DeviceOut, ReadingsIn, ReadingsOut, SensorOut
from telemetry.models import DeadLetter, Device, Sensor
from telemetry.queries.readings import Page, readings_page, readings_thinned
from telemetry.queries.sensors import element_of, sensor_row, sensors_for

Staff = HasRole(*STAFF_ROLES)
MAX_READINGS = 10_000
DEFAULT_SPAN = timedelta(days=1)


class _Features(ABC, GenericAPIView):
    """A scoped GeoJSON list with `?bbox=&limit=&cursor=`, and one of it by code."""

    permission_classes = [Staff]
    pagination_class: type[BasePagination] | None = FeatureList
    filter_backends: list[Any] = [BboxFilter]

    def listed(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(collection(page or [], self.to_feature))

    @abstractmethod
    def to_feature(self, row: Any) -> dict[str, Any]:
        """Return a row as a GeoJSON feature."""


class _Sensors(_Features):
    serializer_class = SensorOut

    def get_queryset(self) -> QuerySet[Sensor]:
        sensors = sensors_for(self.request.user)
        for name, column in (("device", "device__code"), ("quantity", "quantity"), ("code", "code")):
            if value := self.request.query_params.get(name):
                sensors = sensors.filter(**{column: value})
        return sensors

    def to_feature(self, row: Sensor) -> dict[str, Any]:
        return feature(row, row.geom, SensorOut(sensor_row(row, clock.now())).data)


_SENSOR_FILTERS = [OpenApiParameter(name, str) for name in ("device", "quantity", "code")]


class SensorList(_Sensors):
    filter_names = ("device", "quantity", "code")

    @extend_schema(parameters=_SENSOR_FILTERS, operation_id="sensors_list")
    def get(self, request: Request) -> Response:
        """List the sensors you may see, with their newest values: GeoJSON."""
        return self.listed(request)


class SensorDetail(_Sensors):
    pagination_class = None
    filter_backends = []

    @extend_schema(operation_id="sensors_retrieve")
    def get(self, request: Request, code: str) -> Response:
        """Return one sensor as a GeoJSON feature."""
        return Response(self.to_feature(get_object_or_404(self.get_queryset(), code=code)))


class SensorReadings(GenericAPIView):
    permission_classes = [Staff]
    pagination_class = None
    filter_backends = []

    @extend_schema(parameters=[ReadingsIn], responses=ReadingsOut, operation_id="sensors_readings")
    def get(self, request: Request, code: str) -> Response:
        """Return readings over [from, to) of device time, oldest first; of the last day unless told.

        With `max_points`, at most that many: all of them, or the lowest and highest of each slice of time.
        """
        refuse_unknown(request, ReadingsIn().fields)
        asked = ReadingsIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        sensor = get_object_or_404(Sensor.objects.visible_to(request.user), code=code)
        end = given.get("to") or clock.now() + timedelta(minutes=5)
        start = given.get("from") or end - DEFAULT_SPAN
        if start >= end:
            raise ValidationError({"from": [_("The start must come before the end.")]})
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
        if at.tzinfo is None:
            raise ValueError
    except ValueError:
        raise ValidationError({"cursor": [_("This is not a cursor of this list.")]}) from None
    return at


class _Devices(_Features):
    serializer_class = DeviceOut

    def get_queryset(self) -> QuerySet[Device]:
        devices = Device.objects.visible_to(self.request.user).filter(active=True)
        if protocol := self.request.query_params.get("protocol"):
            devices = devices.filter(protocol=protocol)
        devices = devices.select_related("node__network", "link__network", "connection_point__network")
        is_open = Q(gaps__filled_at=None, gaps__abandoned_at=None)
        return devices.annotate(open_gaps=Count("gaps", is_open & Q(gaps__isnull=False)))

    def to_feature(self, row: Device) -> dict[str, Any]:
        return feature(row, row.geom, DeviceOut(_device_row(row)).data)


def _device_row(device: Any) -> dict[str, Any]:
    names = [str(name) for name in DeviceOut().fields]
    return {name: getattr(device, name) for name in names if hasattr(device, name)} | element_of(device)


class DeviceList(_Devices):
    filter_names = ("protocol",)

    @extend_schema(parameters=[OpenApiParameter("protocol", str)], operation_id="devices_list")
    def get(self, request: Request) -> Response:
        """List the devices you may see: GeoJSON."""
        return self.listed(request)


class DeviceDetail(_Devices):
    pagination_class = None
    filter_backends = []

    @extend_schema(operation_id="devices_retrieve")
    def get(self, request: Request, code: str) -> Response:
        """Return one device as a GeoJSON feature."""
        return Response(self.to_feature(get_object_or_404(self.get_queryset(), code=code)))


class DeadLetterList(GenericAPIView):
    permission_classes = [HasRole("supervisor", "administrator")]
    serializer_class = DeadLetterOut
    pagination_class = CursorList
    newest_first = True
    filter_backends = []
    filter_names = ("reason", "device")

    @extend_schema(
        parameters=[OpenApiParameter("reason", str), OpenApiParameter("device", str)],
        operation_id="dead_letters_list",
    )
    def get(self, request: Request) -> Response:
        """List what could not be read, newest first, with its reason."""
        letters = DeadLetter.objects.select_related("device")
        for name, column in (("reason", "reason"), ("device", "device__code")):
            if value := request.query_params.get(name):
                letters = letters.filter(**{column: value})
        page = self.paginate_queryset(letters)
        return self.get_paginated_response(DeadLetterOut(page, many=True).data)
