"""Outlines and network lines as GeoJSON, simplified, for maps that must stand alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import Collect
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import Func, Q

from gis.models import Link, Network, Zone
from gis.models.scoping import EVERYWHERE

ROUGHLY = 0.00002
"""Degrees by which a drawn line may leave the surveyed one: about two metres."""
DECIMALS = 5


@dataclass(frozen=True, slots=True)
class ZoneDrawing:
    """The outline of a zone (GeoJSON, EPSG:4326) and what it is called."""

    code: str
    kind: str
    utility: str | None
    name: str
    outline: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NetworkDrawing:
    """All links of a network as one GeoJSON MultiLineString (EPSG:4326), and where the model comes from."""

    code: str
    utility: str
    name: str
    source_model: str
    placement: str
    lines: dict[str, Any]


class _Simplified(Func):
    function = "ST_SimplifyPreserveTopology"
    template = f"%(function)s(%(expressions)s, {ROUGHLY})"


def zone_drawings(zone_ids: Any) -> list[ZoneDrawing]:
    """Return the outlines of zones, by kind then code."""
    rows = Zone.objects.filter(pk__in=zone_ids).order_by("kind", "code").defer("geom", "geom_3857")
    drawn = rows.annotate(drawn=AsGeoJSON(_Simplified("geom"), precision=DECIMALS))
    return [ZoneDrawing(row.code, row.kind, row.utility, row.name, json.loads(row.drawn)) for row in drawn]


def network_drawings(within: Q = EVERYWHERE) -> list[NetworkDrawing]:
    """Return every network with its links drawn as one shape; a network without links is left out.

    Args:
        within: the condition on links that keeps what the reader may see.
    """
    drawn = {
        row["network_id"]: json.loads(row["drawn"])
        for row in Link.objects.filter(within)
        .values("network_id")
        .annotate(drawn=AsGeoJSON(Collect(_Simplified("geom")), precision=DECIMALS))
    }
    return [
        NetworkDrawing(one.code, one.utility, one.name, one.source_model, one.placement, drawn[one.pk])
        for one in Network.objects.filter(pk__in=drawn).order_by("code")
    ]
