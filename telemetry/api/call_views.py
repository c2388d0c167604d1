"""When alarms that nobody acknowledges call again, and who is on duty to be told."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from backend.core import clock
from backend.core.api.pagination import CursorList
from backend.core.models import User
from backend.core.permissions import HasRole
from telemetry.api import call_serializers as shapes
from telemetry.api.alarm_serializers import VersionIn
from telemetry.api.rule_views import Editor, read
from telemetry.models import AlarmDuty, AlarmEscalation
from telemetry.queries.alarm_calls import READERS, duties_for, escalations_for, reachable_supervisors
from telemetry.services.alarms import end_duty, save_duty, save_escalations

Reader = HasRole(*READERS)


class _Calls(GenericAPIView):
    """The control room reads; editors write."""

    pagination_class: Any = CursorList

    def get_permissions(self) -> list[Any]:
        return [Reader()] if self.request.method in SAFE_METHODS else [Editor()]


class _Escalations(_Calls):
    serializer_class: Any = shapes.EscalationOut

    def get_queryset(self) -> QuerySet[AlarmEscalation]:
        return escalations_for(self.request.user)


class EscalationList(_Escalations):
    @extend_schema(operation_id="alarm_escalations_list")
    def get(self, request: Request) -> Response:
        """List when alarms of each priority that nobody acknowledges call again and are escalated."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(shapes.EscalationOut(page, many=True).data)


class EscalationDetail(_Escalations):
    pagination_class = None

    @extend_schema(operation_id="alarm_escalations_retrieve")
    def get(self, request: Request, priority: int) -> Response:
        """Return what happens to alarms of one priority."""
        return Response(shapes.EscalationOut(self._found(priority)).data)

    @extend_schema(operation_id="alarm_escalations_change", request=shapes.EscalationChange)
    def patch(self, request: Request, priority: int) -> Response:
        """Change the times of a priority, of the version you saw; they hold from the next call on."""
        self._found(priority)
        values = read(shapes.EscalationChange, request).validated_data
        asked = {priority: (values.pop("version"), values)}
        save_escalations(asked=asked, actor=cast(User, request.user))
        return Response(shapes.EscalationOut(self._found(priority)).data)

    def _found(self, priority: int) -> AlarmEscalation:
        return get_object_or_404(self.get_queryset(), priority=priority)


class _Duties(_Calls):
    serializer_class: Any = shapes.DutyOut

    def get_queryset(self) -> QuerySet[AlarmDuty]:
        return duties_for(self.request.user, clock.now())


class DutyList(_Duties):
    @extend_schema(operation_id="alarm_duties_list")
    def get(self, request: Request) -> Response:
        """List who is on duty now or later."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(shapes.DutyOut(page, many=True).data)

    @extend_schema(operation_id="alarm_duties_create", request=shapes.DutyIn, responses={201: shapes.DutyOut})
    def post(self, request: Request) -> Response:
        """Put a supervisor with a telephone on duty."""
        asked = read(shapes.DutyIn, request).validated_data
        made = save_duty(duty=None, actor=cast(User, request.user), **asked)
        return Response(shapes.DutyOut(made).data, status=status.HTTP_201_CREATED)


class DutyDetail(_Duties):
    pagination_class = None

    @extend_schema(operation_id="alarm_duties_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """Return one duty that stands or is to come."""
        return Response(shapes.DutyOut(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(operation_id="alarm_duties_change", request=shapes.DutyChange)
    def patch(self, request: Request, pk: int) -> Response:
        """Change who is on duty, or when, of the version you saw."""
        duty = get_object_or_404(self.get_queryset(), pk=pk)
        kept = {"user": duty.user, "starts_at": duty.starts_at, "ends_at": duty.ends_at}
        asked = kept | read(shapes.DutyChange, request).validated_data
        changed = save_duty(duty=duty, actor=cast(User, request.user), **asked)
        return Response(shapes.DutyOut(changed).data)

    @extend_schema(operation_id="alarm_duties_end", request=VersionIn, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """End a duty now, of the version you saw; one that is to come is taken away."""
        duty = get_object_or_404(self.get_queryset(), pk=pk)
        version = read(VersionIn, request).validated_data["version"]
        end_duty(duty=duty, actor=cast(User, request.user), version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)


class DutyPeople(GenericAPIView):
    permission_classes = [Editor]
    serializer_class = shapes.PeopleOut
    pagination_class = None

    @extend_schema(operation_id="alarm_duties_people")
    def get(self, request: Request) -> Response:
        """List the supervisors who can be put on duty: those with a telephone."""
        people = shapes.PersonOut(reachable_supervisors(), many=True).data
        return Response({"results": people, "next": None})
