"""Incidents, what belongs to them, and what the platform proposes."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.api.idempotency import idempotent
from backend.core.api.pagination import CursorList
from maintenance import queries, services
from maintenance.api import inputs, outputs
from maintenance.api.lists import StateList, signed_in
from maintenance.domain.states import INCIDENT, INCIDENT_OPEN
from maintenance.queries.proposals import rows_of
from maintenance.queries.rows import incident_row


class IncidentList(StateList):
    """Incidents a person may see; a dispatcher opens one out of reports and alarms."""

    serializer_class = outputs.IncidentRowOutput
    table = INCIDENT
    open_states = INCIDENT_OPEN
    row = staticmethod(incident_row)

    def get_queryset(self) -> QuerySet[Any]:
        return queries.incidents(self.request.user)

    @extend_schema(request=inputs.IncidentInput, responses={201: outputs.IncidentRowOutput})
    @idempotent
    def post(self, request: Request) -> Response:
        given = inputs.IncidentInput(data=request.data)
        given.is_valid(raise_exception=True)
        reports = [queries.report(request.user, reference) for reference in given.validated_data["reports"]]
        incident = services.open_incident(
            actor=signed_in(request), reports=reports, alarm_ids=given.validated_data["alarms"]
        )
        return Response(incident_body(request, incident.pk), status=201)


class IncidentDetailView(APIView):
    """One incident: members, valves to close, customers affected, orders, history."""

    @extend_schema(responses=outputs.IncidentDetailOutput)
    def get(self, request: Request, pk: int) -> Response:
        return Response(incident_body(request, pk))


class IncidentTransitions(APIView):
    """Change the state of an incident."""

    @extend_schema(request=inputs.IncidentTransitionInput, responses=outputs.IncidentDetailOutput)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        given = inputs.IncidentTransitionInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        target = asked.pop("into")
        services.transition_incident(
            incident=queries.incident(request.user, pk),
            actor=signed_in(request),
            into=queries.incident(request.user, target) if target else None,
            **asked,
        )
        return Response(incident_body(request, pk))


class IncidentMembers(APIView):
    """Link a report or an alarm to an incident."""

    @extend_schema(request=inputs.MemberInput, responses={201: outputs.IncidentDetailOutput})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        given = inputs.MemberInput(data=request.data)
        given.is_valid(raise_exception=True)
        incident = queries.incident(request.user, pk)
        asked = given.validated_data
        if "report" in asked:
            report = queries.report(request.user, asked["report"])
            services.link_report(incident=incident, report=report, actor=signed_in(request))
        else:
            services.link_alarm(incident=incident, alarm_id=asked["alarm"], actor=signed_in(request))
        return Response(incident_body(request, pk), status=201)


class IncidentUnlink(APIView):
    """Take a member out; a report is split off into an incident of its own."""

    @extend_schema(request=inputs.ReasonInput, responses=outputs.IncidentDetailOutput)
    @idempotent
    def post(self, request: Request, pk: int, member: int) -> Response:
        given = inputs.ReasonInput(data=request.data)
        given.is_valid(raise_exception=True)
        incident = queries.incident(request.user, pk)
        found = queries.member(request.user, pk, member)
        split = services.unlink_member(
            incident=incident, member=found, actor=signed_in(request), reason=given.validated_data["reason"]
        )
        return Response(incident_body(request, pk) | {"split_into": split.pk if split else None})


class IncidentRestoration(APIView):
    """Say when the supply should be back."""

    @extend_schema(request=inputs.RestorationInput, responses=outputs.IncidentDetailOutput)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        given = inputs.RestorationInput(data=request.data)
        given.is_valid(raise_exception=True)
        incident = queries.incident(request.user, pk)
        services.tell_restoration(incident=incident, actor=signed_in(request), **given.validated_data)
        return Response(incident_body(request, pk))


class ProposalList(GenericAPIView):
    """What the platform proposes to a dispatcher, with its evidence."""

    serializer_class = outputs.ProposalOutput
    pagination_class = CursorList
    filter_backends = ()
    filter_names = ("state",)
    newest_first = True

    def get_queryset(self) -> QuerySet[Any]:
        found = queries.proposals(self.request.user).select_related("incident")
        return found if self.request.query_params.get("state") == "all" else found.pending()

    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(self.get_serializer(rows_of(page), many=True).data)


class ProposalAccept(APIView):
    """Open the proposed incident, or extend the running one."""

    @extend_schema(request=inputs.ReasonInput, responses={201: outputs.IncidentDetailOutput})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        given = inputs.ReasonInput(data=request.data)
        given.is_valid(raise_exception=True)
        with transaction.atomic():
            incident = services.accept_proposal(
                proposal=queries.proposal(request.user, pk),
                actor=signed_in(request),
                version=given.validated_data["version"],
            )
        return Response(incident_body(request, incident.pk), status=201)


class ProposalDismiss(APIView):
    """Say that the evidence does not belong together."""

    @extend_schema(request=inputs.ReasonInput, responses=outputs.ProposalOutput)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        given = inputs.ReasonInput(data=request.data)
        given.is_valid(raise_exception=True)
        proposal = services.dismiss_proposal(
            proposal=queries.proposal(request.user, pk), actor=signed_in(request), **given.validated_data
        )
        return Response(outputs.ProposalOutput(rows_of([proposal])[0]).data)


def incident_body(request: Request, pk: int) -> dict[str, Any]:
    """Return one incident whole, as its reader may see it."""
    detail = queries.incident_detail(request.user, pk)
    return {**outputs.IncidentRowOutput(detail.row).data, **outputs.IncidentDetailOutput(detail).data}
