"""The quality queue at `/api/v1/quality-findings/`: read it, decide, have the networks checked."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.api.filters import BboxFilter, parse_bbox, refuse_unknown
from backend.core.api.pagination import CursorList
from backend.core.models import User
from backend.core.permissions import HasRole
from backend.core.services.work import hand_over
from gis.api.permissions import IsStaff
from gis.api.quality_serializers import (
    BulkSerializer,
    CheckRequestSerializer,
    DecidedSerializer,
    DecisionSerializer,
    FindingFilter,
    FindingSerializer,
)
from gis.api.serializers import PRECISION
from gis.domain.findings import EDITORS
from gis.models import QualityFinding
from gis.queries import quality as queue
from gis.services import quality as services
from gis.tasks import check_networks

IsEditor = HasRole(*sorted(EDITORS))


@extend_schema_view(
    list=extend_schema(summary="What is wrong with the networks"),
    retrieve=extend_schema(summary="One finding"),
)
class FindingViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[QualityFinding]
):
    """The quality queue. Staff read what lies where they may look; supervisors and administrators decide."""

    pagination_class = CursorList
    filter_backends = [DjangoFilterBackend, BboxFilter]
    filterset_class = FindingFilter
    serializer_class = FindingSerializer
    lookup_value_regex = r"\d+"

    def get_permissions(self) -> list[BasePermission]:
        return [IsStaff()] if self.action in {"list", "retrieve", "places", None} else [IsEditor()]

    def get_queryset(self) -> QuerySet[QualityFinding]:
        return queue.findings(self.request.user)

    def get_object(self) -> QualityFinding:
        return queue.finding(self.request.user, int(self.kwargs["pk"]))

    @extend_schema(
        summary="Where findings lie: each, or cells with counts where they are many",
        parameters=[
            OpenApiParameter("bbox", str),
            *(OpenApiParameter(name, str) for name in ("check", "network", "state")),
        ],
        responses={200: OpenApiTypes.OBJECT},
        filters=False,
    )
    @action(detail=False, pagination_class=None, filter_backends=[])
    def places(self, request: Request) -> Response:
        asked = {name: request.query_params.get(name, "") for name in ("check", "network", "state")}
        refuse_unknown(request, {"bbox", *asked})
        box = parse_bbox(request.query_params["bbox"]) if request.query_params.get("bbox") else None
        rows = queue.findings(
            request.user, check=asked["check"], network=asked["network"], state=asked["state"]
        )
        found = queue.finding_places(rows, box)
        return Response({"type": "FeatureCollection", "features": [_feature(place) for place in found]})

    @extend_schema(summary="Repair one finding", request=DecisionSerializer, responses=FindingSerializer)
    @action(detail=True, methods=["post"])
    def repair(self, request: Request, pk: str) -> Response:
        asked = _read(DecisionSerializer, request)
        repaired = services.repair_finding(
            finding=self.get_object(),
            actor=_person(request),
            version=asked["version"],
            choice=asked["choice"],
            repair=asked["repair"],
        )
        return Response(self.get_serializer(repaired).data)

    @extend_schema(
        summary="Open a finding again: undo its repair, or stop ignoring it",
        request=DecisionSerializer,
        responses=FindingSerializer,
    )
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        asked = _read(DecisionSerializer, request)
        opened = services.reopen_finding(
            finding=self.get_object(),
            actor=_person(request),
            version=asked["version"],
            reason=asked["reason"],
        )
        return Response(self.get_serializer(opened).data)

    @extend_schema(summary="Repair several findings", request=BulkSerializer, responses=DecidedSerializer)
    @action(detail=False, methods=["post"], url_path="repair-several")
    def repair_several(self, request: Request) -> Response:
        asked = _read(BulkSerializer, request)
        chosen = queue.findings(request.user, ids=asked["ids"])
        decided = services.repair_findings(findings=chosen, actor=_person(request), repair=asked["repair"])
        return Response(DecidedSerializer(decided).data)

    @extend_schema(
        summary="Ignore findings with a reason", request=BulkSerializer, responses=DecidedSerializer
    )
    @action(detail=False, methods=["post"], url_path="ignore-several")
    def ignore_several(self, request: Request) -> Response:
        asked = _read(BulkSerializer, request)
        chosen = queue.findings(request.user, ids=asked["ids"])
        decided = services.ignore_findings(findings=chosen, actor=_person(request), reason=asked["reason"])
        return Response(DecidedSerializer(decided).data)


class QualityCheckView(APIView):
    """The checks there are; asked by POST, they run in the worker."""

    def get_permissions(self) -> list[BasePermission]:
        return [IsStaff()] if self.request.method == "GET" else [IsEditor()]

    @extend_schema(summary="Checks, and how much of each is open", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        counts = queue.finding_counts(queue.findings(request.user, state="open"))
        checks = [
            {"code": check.code, "name": str(check.name), "open": counts.get(check.code, 0)}
            for check in services.quality_checks()
        ]
        return Response({"results": checks})

    @extend_schema(
        summary="Check the networks", request=CheckRequestSerializer, responses={202: OpenApiTypes.OBJECT}
    )
    def post(self, request: Request) -> Response:
        asked = _read(CheckRequestSerializer, request)
        hand_over(check_networks, asked["network"], asked["tolerance_m"], request.user.pk)
        return Response({"started": True}, status=202)


def _read(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _person(request: Request) -> User:
    return cast(User, request.user)


def _feature(place: queue.FindingPlace) -> dict[str, Any]:
    properties: dict[str, Any] = {"count": place.count}
    if place.id is not None:
        properties |= {"check": place.check, "state": place.state}
    return {
        "type": "Feature",
        "id": place.id,
        "geometry": {
            "type": "Point",
            "coordinates": [round(place.lon, PRECISION), round(place.lat, PRECISION)],
        },
        "properties": properties,
    }
