"""Traces at `POST /api/v1/traces/`: GeoJSON to draw, and the lists to act on."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.permissions import IsStaff
from gis.api.serializers import PRECISION, AffectedPointSerializer, TraceRequestSerializer, ValveSerializer
from gis.errors import NoSuchElement
from gis.models import ConnectionPoint, Link
from gis.queries import IsolationTrace, Trace, directed_trace, is_visible, isolation_trace

MOST_FEATURES = 10_000
"""Links above which only the lists are sent, with `truncated` true."""


class TraceView(APIView):
    permission_classes = [IsStaff]

    @extend_schema(
        summary="Trace a network from an element",
        description="`isolation` names the valves or switches to close and who is affected; `options.skip` "
        "lists those that cannot be used. Features are the links found and the valves, told apart by `role`.",
        request=TraceRequestSerializer,
        responses={200: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request) -> Response:
        asked = TraceRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        network, place = wanted["network"], wanted["from"]
        if not is_visible(request.user, network, place["kind"], place["code"]):
            raise NoSuchElement
        if wanted["kind"] == "isolation":
            skip = [(one["kind"], one["code"]) for one in wanted.get("options", {}).get("skip", [])]
            found: Trace = isolation_trace(network, place["kind"], place["code"], {"skip": skip})
        else:
            found = directed_trace(network, wanted["kind"], place["kind"], place["code"])
        return Response(_answer(request, found, dict(place)))


def _answer(request: Request, found: Trace, place: dict[str, str]) -> dict[str, Any]:
    truncated = len(found.links) > MOST_FEATURES
    valves: Any = list(found.valves) if isinstance(found, IsolationTrace) else []
    return {
        "type": "FeatureCollection",
        "features": [*([] if truncated else _links(found)), *map(_valve, valves)],
        "truncated": truncated,
        "network": found.network,
        "kind": found.kind,
        "from": place,
        "counts": {
            "nodes": len(found.nodes),
            "links": len(found.links),
            "connection_points": len(found.connection_points),
            "critical": sum(1 for point in found.connection_points if point.critical_kind),
        },
        "valves": ValveSerializer(valves, many=True).data,
        "nodes": [{"kind": node.kind, "code": node.code, "role": node.role} for node in found.nodes],
        "links": [{"kind": link.kind, "code": link.code, "role": link.role} for link in found.links],
        "connection_points": _points(request, found),
        "warnings": found.warnings,
        "warning_codes": found.warning_codes,
        "segment_key": found.segment_key if isinstance(found, IsolationTrace) else None,
    }


def _links(found: Trace) -> list[dict[str, Any]]:
    roles = {link.id: link.role for link in found.links}
    rows = Link.objects.filter(pk__in=roles).annotate(json=AsGeoJSON("geom", precision=PRECISION))
    return [
        {
            "type": "Feature",
            "id": pk,
            "geometry": json.loads(geometry),
            "properties": {"kind": kind, "code": code, "state": state, "role": roles[pk]},
        }
        for pk, kind, code, state, geometry in rows.values_list("pk", "kind", "code", "state", "json")
    ]


def _valve(valve: Any) -> dict[str, Any]:
    properties = {name: value for name, value in asdict(valve).items() if name not in {"id", "lon", "lat"}}
    return {
        "type": "Feature",
        "id": valve.id,
        "geometry": {"type": "Point", "coordinates": [valve.lon, valve.lat]},
        "properties": properties,
    }


def _points(request: Request, found: Trace) -> dict[str, Any]:
    """Count all customers affected; name those where the reader may look."""
    ids = [point.id for point in found.connection_points]
    seen = set(
        ConnectionPoint.objects.visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True)
    )
    named: Any = [point for point in found.connection_points if point.id in seen]
    return {
        "count": len(ids),
        "critical": sum(1 for point in found.connection_points if point.critical_kind),
        "results": AffectedPointSerializer(named, many=True).data,
    }
