"""Reports by people, and what becomes of them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.api.idempotency import idempotent
from backend.core.errors import NotFound
from backend.core.models import User
from backend.core.queries.users import is_staff_member
from backend.core.services import audit
from maintenance import queries, services
from maintenance.api import inputs, outputs, throttles
from maintenance.api.lists import StateList, signed_in
from maintenance.domain.states import REPORT, REPORT_OPEN
from maintenance.models import Report
from maintenance.queries.rows import report_row


class ReportList(StateList):
    """Reports a person may see; anyone may file one."""

    serializer_class = outputs.ReportRowOutput
    table = REPORT
    open_states = REPORT_OPEN
    row = staticmethod(report_row)
    filter_names = (*StateList.filter_names, "category")
    throttle_classes = (throttles.ByPhone, throttles.ByAddress)

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny() if self.request.method == "POST" else IsAuthenticated()]

    def get_queryset(self) -> QuerySet[Any]:
        found = queries.reports(self.request.user)
        if category := self.request.query_params.get("category"):
            found = found.filter(category__code=category)
        return found

    def in_zone(self, found: QuerySet[Any], code: str) -> QuerySet[Any]:
        return found.filter(zones__code=code)

    @extend_schema(request=inputs.ReportInput, responses={201: outputs.SubmittedOutput})
    @idempotent
    def post(self, request: Request) -> Response:
        given = inputs.ReportInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        values.pop("photo", None)
        staff = is_staff_member(request.user)
        user = request.user if isinstance(request.user, User) else None
        report = services.submit_report(
            **values,
            photos=request.FILES.getlist("photo"),
            reporter=None if staff else user,
            recorded_by=user if staff else None,
        )
        return Response(_submitted(report, request), status=201)


class ReportDetailView(APIView):
    """One report: whole for who may see it, how far it is for who holds the reference."""

    permission_classes = (AllowAny,)
    throttle_classes = (throttles.Lookups,)

    @extend_schema(responses=outputs.TrackedOutput)
    def get(self, request: Request, reference: str) -> Response:
        try:
            detail = queries.report_detail(request.user, reference)
        except NotFound:
            tracked = queries.track(reference)
            if tracked is None:
                raise
            return Response(outputs.TrackedOutput(tracked).data)
        if detail.phone and is_staff_member(request.user):
            audit.record(
                actor=signed_in(request), action="maintenance.report_read", subject=f"report:{detail.row.id}"
            )
        body = outputs.ReportRowOutput(detail.row).data | outputs.ReportDetailOutput(detail).data
        return Response(body)


class ReportTransitions(APIView):
    """Change the state of a report."""

    permission_classes = (AllowAny,)
    throttle_classes = (throttles.Lookups,)

    @extend_schema(request=inputs.ReportTransitionInput, responses=outputs.ReportRowOutput)
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        given = inputs.ReportTransitionInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        if not request.user.is_authenticated:
            return self._by_reporter(reference, asked)
        target = asked.pop("duplicate_of")
        asked.pop("phone")
        services.transition_report(
            report=queries.report(request.user, reference),
            actor=signed_in(request),
            duplicate_of=queries.report(request.user, target) if target else None,
            **asked,
        )
        detail = queries.report_detail(request.user, reference)
        return Response(outputs.ReportRowOutput(detail.row).data)

    def _by_reporter(self, reference: str, asked: dict[str, Any]) -> Response:
        """What the holder of the reference and the phone may ask without signing in."""
        if asked["to"] == "reopen_requested":
            services.request_reopening(reference=reference, reason=asked["reason"], phone=asked["phone"])
        elif asked["to"] == "triaged":
            services.answer_information(reference=reference, text=asked["reason"], phone=asked["phone"])
        else:
            raise NotAuthenticated
        return Response(outputs.TrackedOutput(queries.track(reference)).data)


class ReportModeration(APIView):
    """Say whether the text and photos of a report may be shown."""

    @extend_schema(request=inputs.ModerationInput, responses=outputs.ReportRowOutput)
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        given = inputs.ModerationInput(data=request.data)
        given.is_valid(raise_exception=True)
        report = queries.report(request.user, reference)
        services.moderate_report(report=report, actor=signed_in(request), **given.validated_data)
        detail = queries.report_detail(request.user, reference)
        return Response(outputs.ReportRowOutput(detail.row).data)


class CategoryList(APIView):
    """What can be reported."""

    permission_classes = (AllowAny,)

    @extend_schema(responses=outputs.CategoryOutput(many=True))
    def get(self, request: Request) -> Response:
        rows = outputs.CategoryOutput(queries.categories(), many=True).data
        return Response({"results": rows, "next": None})


def _submitted(report: Report, request: Request) -> dict[str, Any]:
    nearest = report.nearest
    track = request.build_absolute_uri(f"/track/{report.reference}/")
    body = {
        "reference": report.reference,
        "track_url": track,
        "zone": report.zone.code if report.zone else None,
        "nearest": nearest,
        "in_service_area": report.in_service_area,
    }
    return dict(outputs.SubmittedOutput(body).data)
