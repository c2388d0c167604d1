"""Expressions by which PostGIS writes a row as a GeoJSON feature."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db.models import GeometryField, MultiPolygonField
from django.contrib.gis.db.models.functions import GeoFunc, Transform
from django.db.models import F, Func, JSONField, TextField, Value
from django.db.models.functions import Cast

from gis.domain.crs import Crs
from gis.queries.features.collections import Collection

STORED = 4326
COARSE_DEGREES = 0.00025


class Simplified(GeoFunc):
    """An outline with fewer vertices, still valid."""

    function = "ST_SimplifyPreserveTopology"
    output_field = MultiPolygonField(srid=STORED)


class JsonObject(Func):
    """An object of names and what they stand for, in this order."""

    function = "json_build_object"
    output_field = JSONField()

    def __init__(self, members: dict[str, Any]) -> None:
        super().__init__(*(part for name, value in members.items() for part in (Value(name), value)))


class GeometryJson(Func):
    """A geometry as GeoJSON with so many decimals; the answer as a whole says its coordinate system."""

    template = "ST_AsGeoJSON(%(expressions)s, 0)::json"
    output_field = JSONField()


def feature_text(collection: Collection, crs: Crs, *, coarse: bool) -> Cast:
    """Return the expression that writes a row as a feature in `crs`, its axes in their order."""
    properties = JsonObject({one.name: F(one.source) for one in collection.properties})
    members = {
        "type": Value("Feature"),
        "id": F("pk"),
        "geometry": GeometryJson(_placed(crs, coarse=coarse), Value(crs.decimals)),
        "properties": properties,
    }
    return Cast(JsonObject(members), TextField())


def _placed(crs: Crs, *, coarse: bool) -> Any:
    """Return the geometry as it is shown: whole to staff, coarse to people outside."""
    geometry: Any = Simplified("geom", Value(COARSE_DEGREES)) if coarse else F("geom")
    if crs.srid != STORED:
        geometry = Transform(geometry, crs.srid)
    if crs.northing_first:
        geometry = Func(geometry, function="ST_FlipCoordinates", output_field=GeometryField(srid=STORED))
    return geometry
