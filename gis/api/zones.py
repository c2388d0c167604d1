"""Changes of zones and proposals of them, for those who may draw."""

from __future__ import annotations

import json
from typing import Any, ClassVar, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from backend.core.api.filters import refuse_unknown
from backend.core.api.pagination import CursorList
from backend.core.errors import PermissionRefused
from backend.core.models import User
from gis import services
from gis.api.edit_serializers import ZoneDeedsSerializer
from gis.api.editing import CURSOR, asked_event, page_of
from gis.api.permissions import IsEditor, IsStaff
from gis.api.zone_inputs import (
    AcceptSerializer,
    DatedSerializer,
    MergeSerializer,
    NewZoneSerializer,
    ProposalSerializer,
    ProposeSerializer,
    RedrawSerializer,
    SplitSerializer,
    VersionedSerializer,
)
from gis.models import Zone, ZoneProposal
from gis.queries import zoning
from gis.queries.zone_changes import zone_changes

TAKE = services.Neighbours.TAKE


class ZoneChanges(viewsets.GenericViewSet[Zone]):
    """What editors do with zones, beside reading them."""

    editing: ClassVar = {"create", "redraw", "close", "split", "merge"}

    def get_permissions(self) -> list[BasePermission]:
        if self.action in self.editing:
            return [IsEditor()]
        return [IsStaff()] if self.action in {"periods", "history"} else [AllowAny()]

    @extend_schema(summary="Draw a zone", request=NewZoneSerializer, responses={201: OpenApiTypes.OBJECT})
    def create(self, request: Request) -> Response:
        asked = _read(NewZoneSerializer, request)
        if not zoning.answers_for_ground(request.user, asked["geom"]):
            raise PermissionRefused
        at, reason, neighbours = asked.pop("at", None), asked.pop("reason", ""), asked.pop("neighbours")
        done = services.draw_zone(
            new=services.NewZone(**asked, valid_from=at),
            neighbours=services.Neighbours(neighbours),
            actor=_actor(request),
            reason=reason,
        )
        return Response(_changed(done), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Move the boundary of a zone", request=RedrawSerializer, responses={200: OpenApiTypes.OBJECT}
    )
    @action(detail=True, methods=["post"])
    def redraw(self, request: Request, code: str) -> Response:
        asked = _read(RedrawSerializer, request)
        asked["neighbours"] = services.Neighbours(asked["neighbours"])
        zone, takes = zoning.redrawable_zone(request.user, code), asked["neighbours"] == TAKE
        zoning.check_redrawing(request.user, zone, asked["geom"], takes=takes)
        return Response(_changed(services.redraw_zone(code=zone.code, actor=_actor(request), **asked)))

    @extend_schema(summary="End a zone", request=VersionedSerializer, responses={200: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, code: str) -> Response:
        asked = _read(VersionedSerializer, request)
        return Response(
            _changed(services.close_zone(code=_mine(request, code), actor=_actor(request), **asked))
        )

    @extend_schema(
        summary="Split a zone along a line", request=SplitSerializer, responses={200: OpenApiTypes.OBJECT}
    )
    @action(detail=True, methods=["post"])
    def split(self, request: Request, code: str) -> Response:
        asked = _read(SplitSerializer, request)
        done = services.split_zone(code=_mine(request, code), actor=_actor(request), **asked)
        return Response(_succeeded(done))

    @extend_schema(
        summary="Join zones of a kind into one", request=MergeSerializer, responses={200: OpenApiTypes.OBJECT}
    )
    @action(detail=False, methods=["post"])
    def merge(self, request: Request) -> Response:
        asked = _read(MergeSerializer, request)
        asked["codes"] = [_mine(request, code) for code in asked["codes"]]
        return Response(_succeeded(services.merge_zones(actor=_actor(request), **asked)))

    @extend_schema(summary="Where a zone lay, period by period", responses={200: OpenApiTypes.OBJECT})
    @action(detail=True)
    def periods(self, request: Request, code: str) -> Response:
        history = zoning.zone_history(code)
        outlines = {
            one["properties"]["outline"]: one["geometry"]
            for one in json.loads(zoning.outlines_of(code))["features"]
            if one["properties"]["role"] in {"zone", "former"}
        }
        return Response(
            {
                "code": code,
                "version": history.zone.version,
                "periods": [
                    {
                        "from": one.since,
                        "to": one.until,
                        "reason": one.reason,
                        "geom": outlines.get(one.outline),
                    }
                    for one in history.periods
                ],
                "predecessors": [one.code for one in history.predecessors],
                "successors": [one.code for one in history.successors],
                "children": [one.code for one in history.children],
                "connection_points": history.members,
            }
        )

    @extend_schema(
        summary="What was done to a zone, by whom, and where it lay before",
        parameters=[CURSOR],
        responses=ZoneDeedsSerializer,
        filters=False,
    )
    @action(detail=True, pagination_class=None, filter_backends=[])
    def history(self, request: Request, code: str) -> Response:
        refuse_unknown(request, {"cursor"})
        told = zone_changes(code, before=asked_event(request))
        return Response(ZoneDeedsSerializer(page_of(told, request)).data)


class ZoneProposalViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[ZoneProposal]):
    """Zones that the networks themselves suggest, and the word on each."""

    pagination_class = CursorList
    serializer_class = ProposalSerializer
    queryset = ZoneProposal.objects.none()
    lookup_value_regex = "[0-9]{1,18}"

    def get_permissions(self) -> list[BasePermission]:
        return [IsStaff()] if self.action == "list" else [IsEditor()]

    def get_queryset(self) -> Any:
        return zoning.open_proposals(self.request.user)

    @extend_schema(
        summary="Propose zones of a network",
        description="In the place of what was proposed of it before.",
        request=ProposeSerializer,
        responses={201: OpenApiTypes.OBJECT},
    )
    def create(self, request: Request) -> Response:
        asked = _read(ProposeSerializer, request)
        found = services.propose_zones(network_code=asked.pop("network"), **asked)
        return Response({"proposed": len(found)}, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Draw what is proposed", request=AcceptSerializer, responses={200: OpenApiTypes.OBJECT}
    )
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        asked = _read(AcceptSerializer, request)
        asked["neighbours"] = services.Neighbours(asked["neighbours"])
        proposal = self.get_object()
        zoning.check_proposal(request.user, proposal.pk)
        return Response(
            _changed(services.accept_proposal(proposal_id=proposal.pk, actor=_actor(request), **asked))
        )

    @extend_schema(summary="Set a proposal aside", request=DatedSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, pk: str) -> Response:
        reason = _read(DatedSerializer, request).get("reason", "")
        services.dismiss_proposal(proposal_id=self.get_object().pk, actor=_actor(request), reason=reason)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _read(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _actor(request: Request) -> User:
    return cast(User, request.user)


def _mine(request: Request, code: str) -> str:
    return str(zoning.editable_zone(request.user, code).code)


def _zone(zone: Zone) -> dict[str, Any]:
    valid = zone.valid
    return {
        "code": zone.code,
        "kind": zone.kind,
        "version": zone.version,
        "from": valid.lower,
        "to": valid.upper,
    }


def _changed(done: services.ZoneChange) -> dict[str, Any]:
    changes = {"begun": done.memberships.begun, "ended": done.memberships.ended}
    return {"zone": _zone(done.zone), "memberships": changes, "neighbours": list(done.neighbours)}


def _succeeded(done: services.Succession) -> dict[str, Any]:
    return {"before": [_zone(one) for one in done.before], "after": [_zone(one) for one in done.after]}
