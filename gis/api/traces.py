"""Traces at `POST /api/v1/traces/`: GeoJSON to draw, the lists to act on, and words that explain them."""

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
from gis.domain.isolation import SEGMENT_LIMIT
from gis.errors import NoSuchElement
from gis.models import Link
from gis.queries import (
    StalePlace,
    Trace,
    TracedValve,
    common_upstream_trace,
    directed_trace,
    isolation_trace,
    segments_trace,
    shortest_path_trace,
    unseen,
)

MOST_FEATURES = 10_000
"""Links above which only the lists are sent, with `truncated` true."""

MOST_POINTS = 5_000
"""Connection points listed, critical ones first; `count` has them all."""

DESCRIPTION = f"""
Traces follow the topology in its present states; what another process changed is in the next trace.

- `connected`: all that conducts to the place.
- `upstream`, `downstream`: on the ways from the sources to it; what it feeds, or may feed where looped.
- `shortest-path`: by length to `options.to`.
- `isolation`: the valves or switches to operate and who is affected; `options.skip` lists those that cannot
  be used.
- `segments`: the smallest part that can be cut off there, and those beside it.
- `common-upstream`: what feeds the place and all of `options.with`, and the `nearest` element that all hang
  on.

Features are the links found, the valves, and stale areas, told apart by `role`. Above {SEGMENT_LIMIT} nodes
or links the answer is the boundary, the counts and the critical customers, with the warning `too_large`.
"""


class TraceView(APIView):
    permission_classes = [IsStaff]

    @extend_schema(
        summary="Trace a network from an element",
        description=DESCRIPTION,
        request=TraceRequestSerializer,
        responses={200: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request) -> Response:
        asked = TraceRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        options = wanted.get("options", {})
        places = [wanted["from"], *options.get("with", []), *([options["to"]] if "to" in options else [])]
        hidden = unseen(request.user, wanted["network"], [_key(place) for place in places])
        if hidden:
            raise NoSuchElement(errors={"from": [f"{kind} {code}" for kind, code in hidden]})
        return Response(_answer(_run(request, wanted, options), dict(wanted["from"])))


def _run(request: Request, wanted: dict[str, Any], options: dict[str, Any]) -> Trace:
    network, kind, place = wanted["network"], wanted["kind"], _key(wanted["from"])
    reader = request.user
    if kind == "isolation":
        skip = [_key(one) for one in options.get("skip", [])]
        return isolation_trace(network, *place, {"skip": skip}, reader=reader)
    if kind == "segments":
        return segments_trace(network, *place, reader=reader)
    if kind == "shortest-path":
        return shortest_path_trace(network, place, _key(options["to"]), reader=reader)
    if kind == "common-upstream":
        others = [_key(one) for one in options["with"]]
        return common_upstream_trace(network, [place, *others], reader=reader)
    return directed_trace(network, kind, *place, reader=reader)


def _key(place: dict[str, str]) -> tuple[str, str]:
    return place["kind"], place["code"]


def _answer(found: Trace, place: dict[str, str]) -> dict[str, Any]:
    valves: Any = found.valves
    truncated = len(found.links) > MOST_FEATURES or "too_large" in found.warning_codes
    return {
        "type": "FeatureCollection",
        "features": [
            *([] if truncated else _links(found)),
            *map(_valve, found.valves),
            *map(_stale, found.stale_areas),
        ],
        "truncated": truncated,
        "network": found.network,
        "kind": found.kind,
        "from": place,
        "counts": asdict(found.counts),
        "explanation": found.explanation,
        "valves": ValveSerializer(valves, many=True).data,
        "nodes": [{"kind": node.kind, "code": node.code, "role": node.role} for node in found.nodes],
        "links": [{"kind": link.kind, "code": link.code, "role": link.role} for link in found.links],
        "connection_points": _points(found),
        "segments": [asdict(segment) for segment in found.segments],
        "nearest": {"kind": found.nearest.kind, "code": found.nearest.code} if found.nearest else None,
        "warnings": found.warnings,
        "warning_codes": found.warning_codes,
        "segment_key": found.segment_key,
        "topology_version": found.topology_version,
    }


def _links(found: Trace) -> list[dict[str, Any]]:
    roles = {link.id: link.role for link in found.links}
    rows = Link.objects.extra(where=["gis_link.id = ANY(%s)"], params=[list(roles)])
    rows = rows.annotate(json=AsGeoJSON("geom", precision=PRECISION))
    return [
        {
            "type": "Feature",
            "id": pk,
            "geometry": json.loads(geometry),
            "properties": {"kind": kind, "code": code, "state": state, "role": roles[pk]},
        }
        for pk, kind, code, state, geometry in rows.values_list("pk", "kind", "code", "state", "json")
    ]


def _valve(valve: TracedValve) -> dict[str, Any]:
    properties = {name: value for name, value in asdict(valve).items() if name not in {"id", "lon", "lat"}}
    return {
        "type": "Feature",
        "id": valve.id,
        "geometry": {"type": "Point", "coordinates": [valve.lon, valve.lat]},
        "properties": properties,
    }


def _stale(area: StalePlace) -> dict[str, Any]:
    west, south, east, north = area.west, area.south, area.east, area.north
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"role": "stale", "code": area.link, "distance_m": area.distance_m},
    }


def _points(found: Trace) -> dict[str, Any]:
    """Count all customers affected; name those where the reader may look, critical ones first."""
    listed: Any = found.connection_points[:MOST_POINTS]
    return {
        "count": found.counts.connection_points,
        "critical": found.counts.critical,
        "results": AffectedPointSerializer(listed, many=True).data,
    }
