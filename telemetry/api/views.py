"""Devices, sensors and their readings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cache, cached_property
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from backend.core import clock
from backend.core.api.filters import BboxFilter
from backend.core.api.pagination import CursorList
from backend.core.models.users import STAFF_ROLES
from backend.core.permissions import HasRole
from telemetry.api.features import FeatureList, collection, feature
from telemetry.api.serializers import DeadLetterOut, DeviceOut, SensorOut
from telemetry.domain.device_health import STATES, late_after_s, stale_after_s
from telemetry.models import Device, Sensor
from telemetry.queries.dead_letters import visible_letters
from telemetry.queries.device_health import PROBLEMS, DeviceFilter, with_open_gaps
from telemetry.queries.sensors import element_of, sensor_row, sensors_for

Staff = HasRole(*STAFF_ROLES)


class _Features(ABC, GenericAPIView):
    """A scoped GeoJSON list with `?bbox=&limit=&cursor=`, and one of it by code."""

    permission_classes = [Staff]
    pagination_class: type[BasePagination] | None = FeatureList
    filter_backends: list[Any] = [BboxFilter]

    @cached_property
    def shape(self) -> serializers.BaseSerializer:
        """One for a whole list: making one for each row takes most of its time."""
        return self.get_serializer_class()()

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
        return feature(row, row.geom, self.shape.to_representation(sensor_row(row, clock.now())))


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


class _Devices(_Features):
    serializer_class = DeviceOut

    def get_queryset(self) -> QuerySet[Device]:
        asked = {name: self.request.query_params.get(name, "") for name in ("state", *_DEVICE_FILTERS)}
        known: dict[str, Any] = {"state": STATES, "problem": PROBLEMS}
        if wrong := [name for name, choices in known.items() if asked[name] and asked[name] not in choices]:
            raise ValidationError({name: [_("There is no such choice.")] for name in wrong})
        devices = DeviceFilter(words=asked.pop("q"), **asked).listed(self.request.user, now=clock.now())
        if protocol := self.request.query_params.get("protocol"):
            devices = devices.filter(protocol=protocol)
        devices = devices.select_related("node__network", "link__network", "connection_point__network")
        return with_open_gaps(devices)

    def to_feature(self, row: Device) -> dict[str, Any]:
        return feature(row, row.geom, self.shape.to_representation(device_row(row)))


def device_row(device: Any) -> dict[str, Any]:
    """Return the public properties of a device of `device_health`."""
    return (
        {name: getattr(device, name) for name in _device_names() if hasattr(device, name)}
        | {
            "late_after_s": late_after_s(device.heard_every_s),
            "stale_after_s": stale_after_s(device.heard_every_s),
        }
        | element_of(device)
    )


@cache
def _device_names() -> tuple[str, ...]:
    return tuple(DeviceOut().fields)


_DEVICE_FILTERS = ("problem", "family", "network", "zone", "q")


class DeviceList(_Devices):
    filter_names = ("protocol", "state", *_DEVICE_FILTERS)

    @extend_schema(
        parameters=[
            OpenApiParameter("protocol", str),
            OpenApiParameter("state", str, enum=STATES),
            OpenApiParameter("problem", str, enum=list(PROBLEMS)),
            *(OpenApiParameter(name, str) for name in _DEVICE_FILTERS[1:]),
        ],
        operation_id="devices_list",
    )
    def get(self, request: Request) -> Response:
        """List the devices you may see, with how each is heard: GeoJSON."""
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
        """List what could not be read, newest first: of devices you may see, and of devices nobody knows."""
        letters = visible_letters(request.user).select_related("device")
        for name, column in (("reason", "reason"), ("device", "device__code")):
            if value := request.query_params.get(name):
                letters = letters.filter(**{column: value})
        page = self.paginate_queryset(letters)
        return self.get_paginated_response(DeadLetterOut(page, many=True).data)
