"""What the API says of networks, their elements and zones, as GeoJSON features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.fields import GeometryField
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from gis.domain.rows import LinkKind, NodeKind
from gis.models import ConnectionPoint, Link, Node, Zone
from gis.queries.traces import TRACE_KINDS, TracedPoint, TracedValve

ELEMENT_KINDS: list[str] = [*(kind.value for kind in (*NodeKind, *LinkKind)), "connection_point"]
MOST_PLACES = 1000
NEEDED = {"shortest-path": "to", "common-upstream": "with"}
PRECISION = 7
"""Decimals of a degree: about a centimetre."""


class ElementSerializer(GeoFeatureModelSerializer):
    """What every element of a network says of itself."""

    network = serializers.CharField(source="network.code")
    utility = serializers.CharField(source="network.utility")
    geom = GeometryField(precision=PRECISION)


class NodeSerializer(ElementSerializer):
    class Meta:
        model = Node
        geo_field = "geom"
        id_field = "id"
        fields = (
            *("id", "code", "kind", "network", "utility", "elevation_m", "is_source"),
            *("attributes", "synthetic", "version", "geom"),
        )


class LinkSerializer(ElementSerializer):
    start = serializers.CharField(source="start_node.code")
    end = serializers.CharField(source="end_node.code")

    class Meta:
        model = Link
        geo_field = "geom"
        id_field = "id"
        fields = (
            *("id", "code", "kind", "network", "utility", "start", "end", "length_m", "diameter_mm", "state"),
            *("state_source", "state_at", "operable", "attributes", "synthetic", "version", "geom"),
        )


class ConnectionPointSerializer(ElementSerializer):
    kind = serializers.SerializerMethodField()
    node = serializers.CharField(source="node.code", allow_null=True, default=None)
    link = serializers.CharField(source="link.code", allow_null=True, default=None)

    class Meta:
        model = ConnectionPoint
        geo_field = "geom"
        id_field = "id"
        fields = (
            *(
                "id",
                "code",
                "kind",
                "network",
                "utility",
                "node",
                "link",
                "category",
                "critical_kind",
                "address",
            ),
            *("synthetic", "version", "geom"),
        )

    def get_kind(self, point: ConnectionPoint) -> str:
        return "connection_point"


class ConnectionPointDetailSerializer(ConnectionPointSerializer):
    """One connection point, with the zones it lies in now."""

    zones = serializers.SerializerMethodField()

    class Meta:
        model = ConnectionPoint
        geo_field = "geom"
        id_field = "id"
        fields = (*ConnectionPointSerializer.Meta.fields, "zones")

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_zones(self, point: ConnectionPoint) -> list[dict[str, str]]:
        held = point.memberships.valid_at(self.context["now"]).select_related("zone").defer("zone__geom")
        return [{"code": row.zone.code, "kind": row.zone.kind, "name": row.zone.name} for row in held]


@extend_schema_field({"type": "object", "description": "A Polygon or MultiPolygon."})
class OutlineField(GeometryField):
    """The outline of a zone, simplified for who asks."""


class ZoneSerializer(GeoFeatureModelSerializer):
    """What everyone may know of a zone."""

    parent = serializers.CharField(source="parent.code", allow_null=True, default=None)
    name = serializers.CharField()
    valid_from = serializers.DateTimeField(source="valid.lower", allow_null=True, help_text="null: always.")
    valid_to = serializers.DateTimeField(source="valid.upper", allow_null=True, help_text="null: to date.")
    geom = OutlineField(precision=6, source="outline")

    class Meta:
        model = Zone
        geo_field = "geom"
        id_field = "id"
        fields = (
            *("id", "code", "kind", "utility", "parent", "name", "name_fr", "name_ar"),
            *("valid_from", "valid_to", "geom"),
        )


class PlaceSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ELEMENT_KINDS)
    code = serializers.CharField(max_length=64)


class TraceOptionsSerializer(serializers.Serializer[Any]):
    """What some kinds of trace need besides their place."""

    skip = serializers.ListField(
        child=PlaceSerializer(),
        required=False,
        max_length=MOST_PLACES,
        help_text="Isolation: valves or switches that cannot be used.",
    )
    to = PlaceSerializer(required=False, help_text="Shortest path: where it leads.")

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what no trace reads: a misspelt `skip` would plan with valves that cannot be used."""
        if isinstance(data, Mapping) and (unknown := sorted(map(str, data.keys() - self.fields.keys()))):
            raise serializers.ValidationError({name: [_("Unknown field.")] for name in unknown})
        return super().to_internal_value(data)

    def get_fields(self) -> dict[str, Any]:
        several = serializers.ListField(
            child=PlaceSerializer(),
            required=False,
            max_length=MOST_PLACES,
            help_text="Common upstream: the other places.",
        )
        return {**super().get_fields(), "with": several}


class TraceRequestSerializer(serializers.Serializer[Any]):
    """From where to trace, and how. Written as the interface says: `from` is a word of Python's."""

    network = serializers.SlugField()
    kind = serializers.ChoiceField(choices=TRACE_KINDS)
    options = TraceOptionsSerializer(required=False)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": PlaceSerializer()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for kind, option in NEEDED.items():
            if attrs["kind"] == kind and not attrs.get("options", {}).get(option):
                raise serializers.ValidationError({"options": {option: [_("This kind of trace needs it.")]}})
        return attrs


class ValveSerializer(serializers.Serializer[TracedValve]):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    code = serializers.CharField()
    state = serializers.CharField()
    role = serializers.ChoiceField(choices=["close", "already_closed", "boundary"])
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    feeds = serializers.BooleanField(help_text="The network stays under supply behind it: close it first.")


class AffectedPointSerializer(serializers.Serializer[TracedPoint]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    category = serializers.CharField()
    critical_kind = serializers.CharField()
    address = serializers.CharField()


class SearchHitSerializer(serializers.Serializer[Any]):
    """One hit; `label` names it in the reader's language, `bbox` is what to look at where it is an area."""

    kind = serializers.CharField()
    code = serializers.CharField()
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    network = serializers.CharField(allow_null=True)
    utility = serializers.CharField(allow_null=True)
    url = serializers.CharField()
    bbox = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    match = serializers.ChoiceField(choices=["code", "reference", "words", "part", "near"])
    reference = serializers.CharField(help_text="The old reference that was found, if that is the match.")

    def get_fields(self) -> dict[str, Any]:
        # A field called `label` would hide the serializer's own.
        return {**super().get_fields(), "label": serializers.CharField()}


class SearchAnswerSerializer(serializers.Serializer[Any]):
    results = SearchHitSerializer(many=True)
    complete = serializers.BooleanField(help_text="False where looking further took too long.")
