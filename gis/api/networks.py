"""Networks as a whole, and the search over all that has a code."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.permissions import IsStaff
from gis.api.serializers import SearchAnswerSerializer
from gis.models import Network
from gis.queries.networks import demonstration_notice, network_extents
from gis.queries.search import search

MOST_HITS = 20
Box = tuple[float, float, float, float]


TEXT = {"type": "string"}
NETWORKS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "features", "next", "notice"],
    "properties": {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "type": {"type": "string", "enum": ["Feature"]},
                    "id": {"type": "integer"},
                    "geometry": {"type": "object", "nullable": True, "description": "Polygon: the box."},
                    "bbox": {"type": "array", "nullable": True, "items": {"type": "number"}},
                    "properties": {
                        "type": "object",
                        "properties": {
                            **dict.fromkeys(("code", "utility", "name", "name_fr", "name_ar", "crs"), TEXT),
                            **dict.fromkeys(("source_model", "source_licence", "placement"), TEXT),
                            "topology_version": {"type": "integer"},
                        },
                    },
                },
            },
        },
        "next": {"type": "string", "nullable": True},
        "notice": {"type": "string", "description": "Says that a network is no real one; empty otherwise."},
    },
}


class NetworkListView(APIView):
    """The networks, few enough for one page, each with the box around its nodes."""

    permission_classes = [IsStaff]

    @extend_schema(summary="Networks", responses={200: NETWORKS_SCHEMA})
    def get(self, request: Request) -> Response:
        extents = network_extents()
        features = [_feature(network, extents.get(network.pk)) for network in Network.objects.order_by("pk")]
        return Response(
            {
                "type": "FeatureCollection",
                "features": features,
                "next": None,
                "notice": demonstration_notice(),
            }
        )


class SearchView(APIView):
    """Elements by code, old reference, name or address; zones, alone for people outside; what others add."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        summary="Search codes, old references, names and addresses",
        parameters=[OpenApiParameter("q", str, required=True, description="Two characters or more.")],
        responses={200: SearchAnswerSerializer},
    )
    def get(self, request: Request) -> Response:
        found = search(request.query_params.get("q", ""), request.user, MOST_HITS)
        return Response(SearchAnswerSerializer({"results": found.hits, "complete": found.complete}).data)


def _feature(network: Network, box: Box | None) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": network.pk,
        "geometry": _polygon(box) if box else None,
        "bbox": box,
        "properties": {
            "code": network.code,
            "utility": network.utility,
            "name": network.name,
            "name_fr": network.name_fr,
            "name_ar": network.name_ar,
            "source_model": network.source_model,
            "source_licence": network.source_licence,
            "placement": network.placement,
            "crs": network.crs,
            "topology_version": network.topology_version,
        },
    }


def _polygon(box: Box) -> dict[str, Any]:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
