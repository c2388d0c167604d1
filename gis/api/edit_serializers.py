"""What may be sent to edit an element, and what is told of its history."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.geos import GEOSGeometry, LineString, Point
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.fields import GeometryField

from backend.core.models import User
from gis.domain.rows import CONDUITS, LinkState
from gis.models import ConnectionPoint, Link, Node
from gis.models.scoping import areas_of
from gis.queries.history import Change, table_of
from gis.queries.zone_changes import ZoneDeed

LONGEST_ATTRIBUTES = 50


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know: a misspelt one is not silently lost."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            raise serializers.ValidationError({name: [_("Unknown field.")] for name in unknown})
        return super().to_internal_value(data)


@extend_schema_field(
    {"type": "object", "description": "GeoJSON in EPSG:4326: a Point, or a LineString for lines."}
)
class PlaceField(GeometryField):
    """Where an element is to lie."""


class ElementEditSerializer(StrictSerializer):
    """What is common: where it lies, and its attributes as a merge patch (null takes a name away)."""

    geom = PlaceField(required=False)
    attributes = serializers.DictField(required=False)

    def validate_geom(self, geom: GEOSGeometry) -> GEOSGeometry:
        if not isinstance(geom, self.context["shape"]) or geom.hasz or not _on_earth(geom):
            raise serializers.ValidationError(_("Not a place for this element."))
        geom.srid = 4326
        areas = areas_of(self.context["user"])
        if areas is not None and not any(area.intersects(geom) for area in areas):
            raise serializers.ValidationError(_("This lies outside what you answer for."))
        return geom

    def validate_attributes(self, attributes: dict[str, Any]) -> dict[str, Any]:
        if len(attributes) > LONGEST_ATTRIBUTES or any(
            len(str(value)) > 500 for value in attributes.values()
        ):
            raise serializers.ValidationError(_("Too long."))
        return attributes


class NodeEditSerializer(ElementEditSerializer):
    elevation_m = serializers.FloatField(required=False, allow_null=True, min_value=-500, max_value=9000)


class LinkEditSerializer(ElementEditSerializer):
    length_m = serializers.FloatField(required=False, min_value=0, max_value=1_000_000)
    diameter_mm = serializers.FloatField(required=False, allow_null=True, min_value=0.1, max_value=10_000)
    state = serializers.ChoiceField(choices=[state.value for state in LinkState], required=False)
    operable = serializers.BooleanField(required=False)


class ConnectionPointEditSerializer(ElementEditSerializer):
    category = serializers.CharField(required=False, max_length=20)
    critical_kind = serializers.CharField(required=False, max_length=20, allow_blank=True)
    address = serializers.CharField(required=False, max_length=200, allow_blank=True)


EDITORS: dict[str, type[ElementEditSerializer]] = {
    "node": NodeEditSerializer,
    "link": LinkEditSerializer,
    "connection_point": ConnectionPointEditSerializer,
}


class DifferenceSerializer(serializers.Serializer[Any]):
    """A field, before and after. `moved_m` is how far a place moved, `drawn_m` a line's length."""

    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        # A field called `field` would hide nothing, yet its type is the library's.
        return {"field": serializers.CharField(), **super().get_fields()}


@extend_schema_field({"type": "object", "nullable": True, "description": "GeoJSON MultiPolygon, EPSG:4326."})
class FormerOutlineField(GeometryField):
    """Where a zone lay."""


class ZoneDeedSerializer(serializers.Serializer[ZoneDeed]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField(help_text="When it was recorded.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="From when on it holds.")
    version = serializers.IntegerField(help_text="The version that the change made.")
    what = serializers.CharField(help_text="redrawn, split, merged, closed, described or rehung.")
    by = serializers.CharField(allow_null=True, help_text="Who; null for the platform itself.")
    reason = serializers.CharField(allow_blank=True)
    differences = DifferenceSerializer(many=True)
    before = FormerOutlineField(precision=7, allow_null=True)
    after = FormerOutlineField(precision=7, allow_null=True)


class ZoneDeedsSerializer(serializers.Serializer[Any]):
    results = ZoneDeedSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class ChangeSerializer(serializers.Serializer[Change]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="The version that the change made.")
    by = serializers.CharField(allow_null=True, help_text="Who; null for telemetry and the platform itself.")
    import_file = serializers.CharField(allow_null=True)
    correction_id = serializers.IntegerField(allow_null=True)
    what = serializers.ChoiceField(choices=["edited", "removed", "restored"])
    differences = DifferenceSerializer(many=True)


class HistorySerializer(serializers.Serializer[Any]):
    results = ChangeSerializer(many=True)
    next = serializers.URLField(allow_null=True)


def checked_changes(element: Node | Link | ConnectionPoint, data: Any, user: User) -> dict[str, Any]:
    """Return the changes that a caller asks for, or refuse them with their reasons.

    Raises:
        ValidationError: a field is unknown or its value cannot be.
    """
    asked = EDITORS[table_of(element)](data=data, context={"shape": _shape(element), "user": user})
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _shape(element: Node | Link | ConnectionPoint) -> type[GEOSGeometry]:
    return LineString if isinstance(element, Link) and element.kind in CONDUITS else Point


def _on_earth(geom: GEOSGeometry) -> bool:
    if geom.empty:
        return False
    west, south, east, north = geom.extent
    return bool(-180 <= west <= east <= 180 and -90 <= south <= north <= 90)
