"""Alarms and what people do about them."""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from backend.core.api.filters import BboxFilter
from backend.core.api.idempotency import idempotent
from backend.core.domain.numbers import whole_number
from backend.core.models import User
from telemetry.api.features import FeatureList, collection, feature
from telemetry.api.serializers import AlarmOut, TransitionIn, TransitionOut
from telemetry.api.views import Staff
from telemetry.domain.alarm_states import ALARM, NORMAL
from telemetry.models import Alarm, AlarmClass
from telemetry.queries.alarm_journal import in_zone
from telemetry.queries.alarms import alarm_row, alarms_for
from telemetry.services.alarms import change_alarm, ungroup_alarm


class _Alarms(GenericAPIView):
    permission_classes = [Staff]
    serializer_class = AlarmOut
    pagination_class: type[BasePagination] | None = None
    filter_backends: list[Any] = []

    @cached_property
    def shape(self) -> AlarmOut:
        """One for a whole list: making one for each row takes most of its time."""
        return AlarmOut()

    def get_queryset(self) -> QuerySet[Alarm]:
        return alarms_for(self.request.user)

    def to_feature(self, alarm: Alarm) -> dict[str, Any]:
        properties = self.shape.to_representation(alarm_row(alarm, self.request.user))
        return feature(alarm, alarm.sensor.geom, properties)


class AlarmList(_Alarms):
    pagination_class = FeatureList
    filter_backends = [BboxFilter]
    bbox_field = "sensor__geom"
    filter_names = ("state", "open", "active", "sensor", "priority", "class", "zone", "group")
    newest_first = True

    @extend_schema(
        operation_id="alarms_list",
        parameters=[
            OpenApiParameter("state", str, description="one or several states, separated by commas"),
            OpenApiParameter("open", bool, description="true: everything that is not normal"),
            OpenApiParameter("active", bool, description="true: the limit is crossed now"),
            OpenApiParameter("sensor", str),
            OpenApiParameter("priority", int),
            OpenApiParameter("class", str, enum=AlarmClass.values),
            OpenApiParameter("zone", str, description="code of a zone the sensor lies in"),
            OpenApiParameter("group", int, description="id of a group of alarms"),
        ],
    )
    def get(self, request: Request) -> Response:
        """List the alarms you may see, newest first: GeoJSON."""
        page = self.paginate_queryset(self.filter_queryset(_filtered(self.get_queryset(), request)))
        return self.get_paginated_response(collection(page or [], self.to_feature))


def _filtered(alarms: QuerySet[Alarm], request: Request) -> QuerySet[Alarm]:
    params = request.query_params
    if states := params.get("state"):
        wanted = states.split(",")
        if unknown := set(wanted) - ALARM.states:
            raise ValidationError({"state": sorted(unknown)})
        alarms = alarms.filter(state__in=wanted)
    if (is_open := _flag(params, "open")) is not None:
        alarms = alarms.exclude(state=NORMAL) if is_open else alarms.filter(state=NORMAL)
    if (is_active := _flag(params, "active")) is not None:
        alarms = alarms.exclude(state=NORMAL).filter(rule__condition__active=is_active)
    if sensor := params.get("sensor"):
        alarms = alarms.filter(sensor__code=sensor)
    if priority := params.get("priority"):
        if priority not in {"1", "2", "3", "4"}:
            raise ValidationError({"priority": [priority]})
        alarms = alarms.filter(priority=int(priority))
    if alarm_class := params.get("class"):
        if alarm_class not in AlarmClass.values:
            raise ValidationError({"class": [alarm_class]})
        alarms = alarms.filter(rule__alarm_class=alarm_class)
    if zone := params.get("zone"):
        alarms = in_zone(alarms, zone)
    if group := params.get("group"):
        alarms = alarms.filter(group=whole_number(group) or 0)
    return alarms


def _flag(params: Any, name: str) -> bool | None:
    text = params.get(name)
    if not text:
        return None
    if text.lower() not in {"true", "false", "1", "0"}:
        raise ValidationError({name: [text]})
    return text.lower() in {"true", "1"}


class AlarmDetail(_Alarms):
    @extend_schema(operation_id="alarms_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """Return one alarm as a GeoJSON feature."""
        return Response(self.to_feature(get_object_or_404(self.get_queryset(), pk=pk)))


class AlarmTransitions(_Alarms):
    @extend_schema(operation_id="alarms_transitions_list", responses=TransitionOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """List what happened to an alarm, oldest first."""
        alarm = get_object_or_404(self.get_queryset(), pk=pk)
        rows = alarm.transitions.select_related("actor")
        return Response({"results": TransitionOut(rows, many=True).data, "next": None})

    @extend_schema(operation_id="alarms_transition", request=TransitionIn, responses=AlarmOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Acknowledge an alarm, set it aside for a time, or take it back; 409 says what is allowed."""
        alarm = get_object_or_404(self.get_queryset(), pk=pk)
        asked = TransitionIn(data=request.data)
        asked.is_valid(raise_exception=True)
        actor = cast(User, request.user)
        change_alarm(alarm=alarm, actor=actor, **asked.validated_data)
        changed = self.get_queryset().get(pk=pk)
        return Response({"id": changed.pk, **AlarmOut(alarm_row(changed, request.user)).data})


class AlarmUngroup(_Alarms):
    @extend_schema(operation_id="alarms_ungroup", request=None, responses=AlarmOut)
    def post(self, request: Request, pk: int) -> Response:
        """Take an alarm out of its group for good."""
        alarm = get_object_or_404(self.get_queryset(), pk=pk)
        ungroup_alarm(alarm=alarm, actor=cast(User, request.user))
        changed = self.get_queryset().get(pk=pk)
        return Response({"id": changed.pk, **AlarmOut(alarm_row(changed, request.user)).data})
