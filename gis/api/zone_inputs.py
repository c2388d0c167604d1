"""What is sent to change zones, and what a proposal says of itself."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.fields import GeometryField

from gis.models import Utility, ZoneKind, ZoneProposal
from gis.services import Neighbours


@extend_schema_field({"type": "object", "description": "GeoJSON geometry in longitude and latitude."})
class GroundField(GeometryField):
    """An outline or a line that someone drew."""

    def to_internal_value(self, value: Any) -> GEOSGeometry:
        found: GEOSGeometry = super().to_internal_value(value)
        found.srid = 4326
        return found


class DatedSerializer(serializers.Serializer[Any]):
    """A change as of an instant, with the reason."""

    at = serializers.DateTimeField(required=False, help_text="Now unless told; never in the future.")
    reason = serializers.CharField(max_length=200, required=False)


class VersionedSerializer(DatedSerializer):
    version = serializers.IntegerField(help_text="The version seen; 409 when someone was first.")


class NeighboursSerializer(serializers.Serializer[Any]):
    neighbours = serializers.ChoiceField(
        choices=Neighbours.values,
        default=Neighbours.OVERLAP.value,
        help_text="Zones of the kind that the outline runs over: `take` redraws them around it, `cut` spares "
        "them, `overlap` leaves both: the smaller holds what both cover.",
    )


class NewZoneSerializer(NeighboursSerializer, DatedSerializer):
    code = serializers.SlugField(max_length=40)
    kind = serializers.ChoiceField(choices=ZoneKind.choices)
    utility = serializers.ChoiceField(choices=Utility.choices, required=False, allow_null=True)
    parent = serializers.SlugField(max_length=40, required=False, allow_null=True)  # type: ignore[assignment]
    name_fr = serializers.CharField(max_length=120)
    name_ar = serializers.CharField(max_length=120)
    geom = GroundField()


class RedrawSerializer(NeighboursSerializer, VersionedSerializer):
    geom = GroundField()


class SplitSerializer(VersionedSerializer):
    line = GroundField()


class MergeSerializer(DatedSerializer):
    codes = serializers.ListField(child=serializers.SlugField(max_length=40), min_length=2, max_length=50)
    code = serializers.SlugField(max_length=40)
    name_fr = serializers.CharField(max_length=120)
    name_ar = serializers.CharField(max_length=120)


class ProposalSerializer(serializers.ModelSerializer[ZoneProposal]):
    network = serializers.CharField(source="network.code")
    zone = serializers.CharField(source="zone.code", allow_null=True, default=None)

    class Meta:
        model = ZoneProposal
        fields = ("id", "network", "kind", "code", "name_fr", "name_ar", "points", "held", "evidence", "zone")


class ProposeSerializer(serializers.Serializer[Any]):
    network = serializers.SlugField()
    borders = serializers.ListField(
        child=serializers.CharField(max_length=64), required=False, max_length=500
    )
    fewest = serializers.IntegerField(min_value=1, max_value=100_000, required=False)


class AcceptSerializer(NeighboursSerializer):
    at = serializers.DateTimeField(required=False)
    code = serializers.SlugField(max_length=40, required=False)
    name_fr = serializers.CharField(max_length=120, required=False)
    name_ar = serializers.CharField(max_length=120, required=False)
    parent = serializers.SlugField(max_length=40, required=False, allow_null=True)  # type: ignore[assignment]
    redraw = serializers.BooleanField(
        default=False, help_text="Redraw the zone that holds most of these connection points."
    )
