"""What the API says of findings, and what it takes to decide about them."""

from __future__ import annotations

from typing import Any

import django_filters
from rest_framework import serializers
from rest_framework_gis.fields import GeometryField
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from gis.api.serializers import PRECISION
from gis.models import QualityFinding
from gis.services import quality as services

MOST_AT_ONCE = 500


class FindingFilter(django_filters.FilterSet):
    check = django_filters.CharFilter("check_code")
    network = django_filters.CharFilter("network__code")

    class Meta:
        model = QualityFinding
        fields = ("check", "network", "state", "subject_kind", "subject_code")


class FindingSerializer(GeoFeatureModelSerializer):
    """One finding; `reason` and `advice` are in the reader's language, `repair` may be empty.

    `repairs` are those offered, the one suggested first.
    """

    check = serializers.CharField(source="check_code")
    network = serializers.CharField(source="network.code", allow_null=True, default=None)
    reason = serializers.SerializerMethodField()
    advice = serializers.SerializerMethodField()
    repairs = serializers.SerializerMethodField()
    choices = serializers.SerializerMethodField()
    geom = GeometryField(precision=PRECISION)

    class Meta:
        model = QualityFinding
        geo_field = "geom"
        id_field = "id"
        fields = (
            *("id", "check", "network", "state", "subject_kind", "subject_code", "reason", "advice"),
            *("repair", "repairs", "choices", "details", "found_at", "version", "geom"),
        )

    def get_reason(self, finding: QualityFinding) -> str:
        return services.sentence(finding)

    def get_advice(self, finding: QualityFinding) -> str:
        return services.advice(finding)

    def get_repairs(self, finding: QualityFinding) -> list[str]:
        return services.repairs_of(finding)

    def get_choices(self, finding: QualityFinding) -> list[str]:
        return services.choices_of(finding)


class DecisionSerializer(serializers.Serializer[Any]):
    """One decision. `version` is that of the finding as it was seen; `choice` answers where a repair asks.

    `repair` names one of `repairs`; the one suggested, unless told.
    """

    version = serializers.IntegerField(min_value=1)
    choice = serializers.CharField(max_length=64, required=False, default="")
    repair = serializers.ChoiceField(sorted(services.REPAIRS), required=False, default="")
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class BulkSerializer(serializers.Serializer[Any]):
    """Several decisions of one kind: to repair, or to ignore with a reason.

    `repair` names the repair of all of them; each as suggested, unless told.
    """

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), min_length=1, max_length=MOST_AT_ONCE
    )
    repair = serializers.ChoiceField(sorted(services.REPAIRS), required=False, default="")
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class DecidedSerializer(serializers.Serializer[Any]):
    """How many were decided, and why the others were not, by id."""

    done = serializers.IntegerField()
    refused = serializers.DictField(child=serializers.CharField())


class CheckRequestSerializer(serializers.Serializer[Any]):
    """What to check: one network, or all of them and the zones."""

    network = serializers.SlugField(required=False, allow_null=True, default=None)
    tolerance_m = serializers.FloatField(
        required=False, allow_null=True, default=None, min_value=0.01, max_value=10
    )
