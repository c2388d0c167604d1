"""What the API says of corrections from the field, and what is sent to make one and to decide about it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gis.api.edit_serializers import StrictSerializer
from gis.api.serializers import ELEMENT_KINDS
from gis.domain.corrections import CorrectionState
from gis.queries.corrections import CorrectionSheet, Said

MOST_NOTE = 2000


class SaidSerializer(serializers.Serializer[Said]):
    """One field: what the map said when the correction was written, says now, and the correction says."""

    seen = serializers.JSONField(source="then", allow_null=True)
    mapped = serializers.JSONField(source="now", allow_null=True)
    found = serializers.JSONField(allow_null=True)
    changed_since = serializers.BooleanField(help_text="Someone changed the map since it was written.")

    def get_fields(self) -> dict[str, Any]:
        # A field called `field` would hide nothing, yet its type is the library's.
        return {"field": serializers.CharField(), **super().get_fields()}


class CorrectionSerializer(serializers.Serializer[CorrectionSheet]):
    """A correction, beside what the map says now."""

    id = serializers.IntegerField(source="correction.pk")
    client_id = serializers.UUIDField(source="correction.client_id")
    network = serializers.CharField(source="correction.network.code")
    kind = serializers.CharField(source="correction.subject_kind")
    code = serializers.CharField(source="correction.subject_code")
    state = serializers.ChoiceField(
        choices=[state.value for state in CorrectionState], source="correction.state"
    )
    version = serializers.IntegerField(source="correction.version")
    element_version = serializers.IntegerField(
        source="element.version", allow_null=True, default=None, help_text="null: it is there no more."
    )
    said = SaidSerializer(many=True, source="compared")
    changed_since = serializers.BooleanField()
    moved_m = serializers.FloatField(allow_null=True)
    note = serializers.CharField(source="correction.note")
    photo = serializers.SerializerMethodField()
    lon = serializers.FloatField(source="correction.geom.x")
    lat = serializers.FloatField(source="correction.geom.y")
    author = serializers.CharField(source="correction.author.full_name")
    made_at = serializers.DateTimeField(source="correction.made_at", help_text="By the phone's clock.")
    received_at = serializers.DateTimeField(source="correction.received_at")
    decided_by = serializers.CharField(source="decision.actor.full_name", allow_null=True, default=None)
    decided_at = serializers.DateTimeField(source="decision.recorded_at", allow_null=True, default=None)
    reason = serializers.CharField(source="decision.reason", allow_null=True, default=None)

    @extend_schema_field({"type": "string", "nullable": True, "description": "Where the picture is."})
    def get_photo(self, sheet: CorrectionSheet) -> str | None:
        one = sheet.correction
        return reverse("gis-correction-photo", args=[one.pk]) if one.photo else None


class NewCorrectionSerializer(StrictSerializer):
    """What was found of one element, in JSON or as a form with a photo. Only what differs is said."""

    network = serializers.SlugField(max_length=40)
    kind = serializers.ChoiceField(choices=ELEMENT_KINDS)
    code = serializers.CharField(max_length=64)
    changes = serializers.JSONField(
        required=False,
        default=dict,
        help_text="Field to value: `place` ([lon, lat]), `elevation_m`, `diameter_mm`, `length_m`, `state`, "
        "`operable`, `address`, as the kind of element has them. In a form: as JSON text.",
    )
    note = serializers.CharField(max_length=MOST_NOTE, required=False, allow_blank=True, default="")
    photo = serializers.FileField(required=False, allow_null=True)
    client_id = serializers.UUIDField(
        required=False, help_text="Made on the phone; sent again, it is kept once."
    )
    author = serializers.UUIDField(
        required=False, help_text="Public id of who wrote it: refused in the session of anyone else."
    )
    made_at = serializers.DateTimeField(required=False, help_text="By the phone's clock.")
    seen_version = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="Version of the element the phone showed."
    )

    def validate_changes(self, changes: Any) -> dict[str, Any]:
        if not isinstance(changes, dict):
            raise serializers.ValidationError(code="invalid", detail=self.error_messages["invalid"])
        return changes


class VerdictSerializer(StrictSerializer):
    """The word on a correction, against the versions that the reviewer saw."""

    to = serializers.ChoiceField(choices=[CorrectionState.ACCEPTED.value, CorrectionState.REFUSED.value])
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="Of the correction.")
    element_version = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="Of the element; needed to accept."
    )
    reason = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["to"] == CorrectionState.ACCEPTED and "element_version" not in attrs:
            required = self.fields["element_version"].error_messages["required"]
            raise serializers.ValidationError({"element_version": [required]})
        return attrs
