"""The health of devices over the API: facts of one, what is held of it, and its family."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.core import clock
from backend.core.models import User
from backend.core.permissions import HasRole
from telemetry.api.family_views import SequenceGapOut
from telemetry.api.serializers import DeviceOut
from telemetry.api.views import Staff, device_row
from telemetry.queries.device_facts import DeviceFacts, facts_of
from telemetry.queries.device_health import device_by_code
from telemetry.queries.device_words import error_words
from telemetry.queries.sequence_gaps import gap_fact, gaps_for
from telemetry.services import change_device_family
from telemetry.services.clocks import discard_quarantine, release_quarantine

Editors = HasRole("supervisor", "administrator")
MOST_GAPS = 20


class LevelOut(serializers.Serializer):
    sensor = serializers.CharField()
    value = serializers.FloatField()
    unit = serializers.CharField()
    at = serializers.DateTimeField()
    low = serializers.BooleanField(help_text="at or below 20 % of the charge, -110 dBm or 20 % of the signal")


class LastErrorOut(serializers.Serializer):
    what = serializers.ChoiceField(["letter", "device", "value"])
    reason = serializers.CharField()
    detail = serializers.CharField()
    text = serializers.CharField(help_text="in the language asked for")
    at = serializers.DateTimeField()


class ThroughputOut(serializers.Serializer):
    starts = serializers.ListField(child=serializers.DateTimeField())
    hours = serializers.ListField(child=serializers.IntegerField(), help_text="readings stored, by hour")
    day = serializers.IntegerField()
    refused = serializers.IntegerField(help_text="readings of the day that are of no use")
    expected = serializers.IntegerField(
        allow_null=True, help_text="null where the device tells changes alone"
    )


class HealthOut(serializers.Serializer):
    device = DeviceOut()
    age_s = serializers.FloatField(allow_null=True)
    battery = LevelOut(allow_null=True, help_text="null: not reported")
    signal = LevelOut(allow_null=True, help_text="null: not reported")
    problems = serializers.ListField(child=serializers.CharField())
    held = serializers.IntegerField(help_text="readings in quarantine")
    letters = serializers.IntegerField(help_text="dead letters that wait, a thousand at most")
    last_error = LastErrorOut(allow_null=True)
    throughput = ThroughputOut()
    gaps = SequenceGapOut(many=True)


class QuarantineIn(serializers.Serializer):
    action = serializers.ChoiceField(["release_corrected", "release_as_sent", "discard"])


class QuarantineOut(serializers.Serializer):
    readings = serializers.IntegerField()


class FamilyChangeIn(serializers.Serializer):
    family = serializers.CharField(max_length=64)
    version = serializers.IntegerField(min_value=1)


class _OneDevice(GenericAPIView):
    permission_classes = [Staff]
    pagination_class = None
    filter_backends: list[Any] = []

    def found(self, code: str) -> Any:
        """Return the device that the person may see, or answer that there is none."""
        device = device_by_code(code, self.request.user, now=clock.now())
        if device is None:
            raise Http404
        return device

    def sent(self, request: Request, shape: type[serializers.Serializer]) -> dict[str, Any]:
        body = shape(data=request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data


class DeviceHealth(_OneDevice):
    serializer_class = HealthOut

    @extend_schema(operation_id="devices_health")
    def get(self, request: Request, code: str) -> Response:
        """Return how a device stands: charge, signal, clock, missing numbers, throughput, the last error."""
        (facts,) = facts_of([self.found(code)], now=clock.now())
        gaps = gaps_for(request.user, device=code, state="open").order_by("-pk")[:MOST_GAPS]
        return Response(HealthOut(_health_row(facts, [gap_fact(gap) for gap in gaps])).data)


class DeviceQuarantine(_OneDevice):
    permission_classes = [Staff, Editors]
    serializer_class = QuarantineOut

    @extend_schema(request=QuarantineIn, responses=QuarantineOut, operation_id="devices_quarantine")
    def post(self, request: Request, code: str) -> Response:
        """Store what is held of a device (at most 10,000 readings at once), or give it up."""
        device, actor = self.found(code), cast(User, request.user)
        action = self.sent(request, QuarantineIn)["action"]
        if action == "discard":
            done = discard_quarantine(device=device, actor=actor, now=clock.now())
        else:
            how = "corrected" if action == "release_corrected" else "as_sent"
            done = release_quarantine(device=device, how=how, actor=actor, now=clock.now())  # type: ignore[arg-type]
        return Response({"readings": done})


class DeviceFamilyChange(_OneDevice):
    permission_classes = [Staff, Editors]
    serializer_class = DeviceOut

    @extend_schema(request=FamilyChangeIn, responses=DeviceOut, operation_id="devices_change_family")
    def post(self, request: Request, code: str) -> Response:
        """Give a device another family of its protocol; its sensors are laid anew, what is its own stays."""
        body, device = self.sent(request, FamilyChangeIn), self.found(code)
        change_device_family(
            device=device, code=body["family"], actor=cast(User, request.user), version=body["version"]
        )
        return Response(DeviceOut(device_row(self.found(code))).data)


def _health_row(facts: DeviceFacts, gaps: list[Any]) -> dict[str, Any]:
    names = ("age_s", "battery", "signal", "problems", "held", "letters", "throughput")
    row = {name: getattr(facts, name) for name in names}
    error = facts.last_error
    told = error and asdict(error) | {"text": error_words(error)}
    return row | {"last_error": told, "device": device_row(facts.device), "gaps": gaps}
