"""Groups, planned quiet, figures and the journal of alarms."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core import clock
from backend.core.api.filters import refuse_unknown
from backend.core.api.pagination import CursorList
from backend.core.models import User
from backend.core.permissions import HasRole
from telemetry.api import alarm_serializers as shapes
from telemetry.api.rule_views import Operator, read
from telemetry.api.views import Staff
from telemetry.models import AlarmGroup, AlarmSuppression, AlarmTransition, ReasonCode
from telemetry.queries.alarm_figures import alarm_figures
from telemetry.queries.alarm_groups import group_rows, groups_for
from telemetry.queries.alarm_journal import Asked, alarm_journal, journal_csv
from telemetry.queries.alarm_words import alarm_title
from telemetry.queries.suppressions import suppressions_for
from telemetry.services.alarms import acknowledge_group, lift_suppression, suppress_alarms

Supervisor = HasRole("supervisor")


class ReasonList(APIView):
    permission_classes = [Staff]

    @extend_schema(operation_id="alarm_reasons_list", responses=shapes.ReasonsOut)
    def get(self, request: Request) -> Response:
        """List the reasons for which alarms are set aside."""
        results = [{"code": code, "label": str(label)} for code, label in ReasonCode.choices]
        return Response({"results": results, "next": None})


class GroupList(GenericAPIView):
    permission_classes = [Staff]
    serializer_class = shapes.GroupOut
    pagination_class = CursorList
    newest_first = True

    def get_queryset(self) -> QuerySet[AlarmGroup]:
        return groups_for(self.request.user)

    @extend_schema(operation_id="alarm_groups_list")
    def get(self, request: Request) -> Response:
        """List the groups of alarms that you may see, the newest first."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(group_rows(page or [], request.user))


class GroupAcknowledge(GenericAPIView):
    permission_classes = [Operator]
    serializer_class = shapes.GroupOut

    @extend_schema(operation_id="alarm_groups_acknowledge", request=shapes.VersionIn)
    def post(self, request: Request, pk: int) -> Response:
        """Acknowledge every alarm of a group, of the version you saw."""
        group = get_object_or_404(groups_for(request.user), pk=pk)
        version = read(shapes.VersionIn, request).validated_data["version"]
        acknowledge_group(group=group, actor=cast(User, request.user), version=version)
        return Response(group_rows([group], request.user)[0])


class SuppressionList(GenericAPIView):
    serializer_class: Any = shapes.SuppressionOut
    pagination_class = CursorList

    def get_permissions(self) -> list[Any]:
        return [Staff()] if self.request.method == "GET" else [Staff(), Supervisor()]

    def get_queryset(self) -> QuerySet[AlarmSuppression]:
        return suppressions_for(self.request.user, clock.now()).order_by()

    @extend_schema(operation_id="alarm_suppressions_list")
    def get(self, request: Request) -> Response:
        """List what is kept quiet now or later."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(shapes.SuppressionOut(page, many=True).data)

    @extend_schema(
        operation_id="alarm_suppressions_create",
        request=shapes.SuppressionIn,
        responses={201: shapes.SuppressionOut},
    )
    def post(self, request: Request) -> Response:
        """Keep the alarms of sensors, a zone or network elements quiet for planned work."""
        asked = read(shapes.SuppressionIn, request).validated_data
        elements = [(one["network"], one["kind"], one["code"]) for one in asked.pop("elements")]
        actor = cast(User, request.user)
        made = suppress_alarms(**asked, elements=elements, source=f"person:{actor.pk}", actor=actor)
        return Response(shapes.SuppressionOut(made).data, status=status.HTTP_201_CREATED)


class SuppressionDetail(GenericAPIView):
    permission_classes = [Supervisor]
    serializer_class = shapes.SuppressionOut

    @extend_schema(operation_id="alarm_suppressions_lift", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """End a suppression before its time."""
        found = get_object_or_404(suppressions_for(request.user, clock.now()), pk=pk)
        lift_suppression(suppression=found, actor=cast(User, request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Figures(APIView):
    permission_classes = [Staff]

    @extend_schema(operation_id="alarm_figures", parameters=[shapes.FiguresIn], responses=shapes.FiguresOut)
    def get(self, request: Request) -> Response:
        """Return how well the alarms serve their operators, over the last days."""
        refuse_unknown(request, shapes.FiguresIn().fields)
        asked = shapes.FiguresIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        figures = alarm_figures(request.user, now=clock.now(), **asked.validated_data)
        return Response(shapes.FiguresOut(figures).data)


class Journal(GenericAPIView):
    permission_classes = [Staff]
    serializer_class = shapes.JournalOut
    pagination_class = CursorList
    newest_first = True
    filter_names = ("from", "to", "state", "priority", "class", "zone", "sensor")

    def get_queryset(self) -> QuerySet[AlarmTransition]:
        return alarm_journal(self.request.user, _asked(self.request))

    @extend_schema(operation_id="alarm_journal_list", parameters=[shapes.JournalIn])
    def get(self, request: Request) -> Response:
        """List every change of the alarms that you may see, the newest first."""
        rows = [_journal_row(row) for row in self.paginate_queryset(self.get_queryset()) or []]
        return self.get_paginated_response(shapes.JournalOut(rows, many=True).data)


class JournalFile(GenericAPIView):
    permission_classes = [Staff]
    serializer_class = shapes.JournalOut
    pagination_class = None

    @extend_schema(
        operation_id="alarm_journal_export",
        parameters=[shapes.JournalIn],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Take the journal away as CSV, 200,000 lines at most."""
        refuse_unknown(request, Journal.filter_names)
        lines = journal_csv(alarm_journal(request.user, _asked(request)))
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="alarm-journal.csv"'
        return answer


def _asked(request: Request) -> Asked:
    asked = shapes.JournalIn(data={name: text for name, text in request.query_params.items() if text})
    asked.is_valid(raise_exception=True)
    told = asked.validated_data
    return Asked(
        start=told.get("from"),
        end=told.get("to"),
        state=told["state"],
        priority=told.get("priority"),
        alarm_class=told["class"],
        zone=told["zone"],
        sensor=told["sensor"],
    )


def _journal_row(row: AlarmTransition) -> dict[str, Any]:
    alarm = row.subject
    return {
        "id": row.pk,
        "alarm": alarm.pk,
        "title": alarm_title(alarm),
        "sensor": alarm.sensor.code,
        "device": alarm.sensor.device.code,
        "priority": alarm.priority,
        "from_state": row.from_state,
        "to_state": row.to_state,
        "actor": str(row.actor) if row.actor else None,
        "reason": row.reason,
        "reason_code": row.reason_code,
        "until": row.until,
        "occurred_at": row.occurred_at,
        "recorded_at": row.recorded_at,
    }
