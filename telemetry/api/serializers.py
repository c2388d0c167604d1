"""What goes in and out of the API, field by field."""

from __future__ import annotations

from rest_framework import serializers

from telemetry.domain.device_health import STATES
from telemetry.models import ReasonCode


class ElementOut(serializers.Serializer):
    kind = serializers.CharField()
    code = serializers.CharField()


class LatestOut(serializers.Serializer):
    value = serializers.FloatField(allow_null=True)
    at = serializers.DateTimeField()
    age_s = serializers.FloatField()
    quality = serializers.IntegerField(help_text="192 good, 64 uncertain, 0 bad, 500 stale")
    reason = serializers.CharField()
    stale = serializers.BooleanField()


class LimitOut(serializers.Serializer):
    kind = serializers.CharField()
    code = serializers.CharField()
    limit = serializers.FloatField()
    deadband = serializers.FloatField()
    on_delay_s = serializers.FloatField()
    off_delay_s = serializers.FloatField()
    priority = serializers.IntegerField()


class SensorOut(serializers.Serializer):
    code = serializers.CharField()
    key = serializers.CharField()
    name = serializers.CharField()
    device = serializers.CharField()
    quantity = serializers.CharField()
    unit = serializers.CharField()
    expected_interval_s = serializers.FloatField()
    cumulative = serializers.BooleanField()
    network = serializers.CharField(allow_null=True)
    element = ElementOut(allow_null=True)
    latest = LatestOut(allow_null=True)
    limits = LimitOut(many=True)


class DeviceOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    protocol = serializers.CharField()
    family = serializers.CharField()
    state = serializers.ChoiceField(STATES, help_text="online, late, stale, or never heard")
    heard_every_s = serializers.FloatField(
        help_text="how often it should be heard: the shortest of its sensors"
    )
    late_after_s = serializers.FloatField(
        help_text="silence after which it is late: 1.5 intervals, 10 s at least"
    )
    stale_after_s = serializers.FloatField(
        help_text="silence after which it is stale: 3 intervals, 20 s at least"
    )
    last_seen_at = serializers.DateTimeField(allow_null=True)
    last_seq = serializers.IntegerField(allow_null=True)
    clock_skew_s = serializers.FloatField(
        allow_null=True, help_text="device time minus time of receipt; null while that cannot be told"
    )
    clock_quarantined_at = serializers.DateTimeField(allow_null=True)
    clock_reason = serializers.CharField()
    duplicates = serializers.IntegerField()
    conflicts = serializers.IntegerField()
    out_of_order = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    last_error = serializers.CharField()
    last_error_at = serializers.DateTimeField(allow_null=True)
    open_gaps = serializers.IntegerField()
    version = serializers.IntegerField()
    network = serializers.CharField(allow_null=True)
    element = ElementOut(allow_null=True)


class ReadingsIn(serializers.Serializer):
    to = serializers.DateTimeField(required=False)
    limit = serializers.IntegerField(min_value=1, default=1000)
    max_points = serializers.IntegerField(min_value=2, max_value=10_000, required=False)
    cursor = serializers.CharField(required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add `from`, a word that Python keeps for itself."""
        return {"from": serializers.DateTimeField(required=False), **super().get_fields()}


class AllowedOut(serializers.Serializer):
    to = serializers.CharField()
    needs_reason = serializers.BooleanField()


class AlarmGroupRefOut(serializers.Serializer):
    id = serializers.IntegerField()
    root_alarm = serializers.IntegerField(help_text="the alarm that stands for the group")
    title = serializers.CharField()
    why = serializers.CharField(help_text="why this alarm belongs to it")
    version = serializers.IntegerField()


class AlarmOut(serializers.Serializer):
    sensor = serializers.CharField()
    sensor_id = serializers.IntegerField()
    name = serializers.CharField()
    title = serializers.CharField()
    device = serializers.CharField()
    quantity = serializers.CharField()
    unit = serializers.CharField()
    kind = serializers.CharField()
    rule = serializers.CharField()
    limit = serializers.FloatField()
    limit_text = serializers.CharField()
    alarm_class = serializers.CharField()
    alarm_class_label = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    priority = serializers.IntegerField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    active = serializers.BooleanField()
    raised_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField(allow_null=True)
    cleared_at = serializers.DateTimeField(allow_null=True)
    shelved_until = serializers.DateTimeField(allow_null=True)
    suppressed_until = serializers.DateTimeField(allow_null=True)
    suppressed_for = serializers.CharField(allow_null=True, help_text="the planned work that keeps it quiet")
    calls = serializers.IntegerField(help_text="how often the platform has called; each call sounds once")
    called_at = serializers.DateTimeField(allow_null=True)
    escalated_at = serializers.DateTimeField(allow_null=True)
    group = AlarmGroupRefOut(allow_null=True)
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    allowed = AllowedOut(many=True)
    response = serializers.CharField()
    consequence = serializers.CharField()
    network = serializers.CharField(allow_null=True)
    element = ElementOut(allow_null=True)


class TransitionOut(serializers.Serializer):
    from_state = serializers.CharField()
    to_state = serializers.CharField()
    actor = serializers.CharField(allow_null=True)
    reason = serializers.CharField()
    reason_code = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)
    occurred_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class TransitionIn(serializers.Serializer):
    to = serializers.CharField(max_length=30)
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    reason_code = serializers.ChoiceField(
        ReasonCode.choices, required=False, allow_blank=True, default="", help_text="see /alarm-reasons/"
    )
    until = serializers.DateTimeField(required=False, allow_null=True, default=None)
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class DeadLetterOut(serializers.Serializer):
    id = serializers.IntegerField()
    topic = serializers.CharField()
    reason = serializers.CharField()
    detail = serializers.CharField()
    device = serializers.CharField(source="device.code", allow_null=True, default=None)
    size = serializers.IntegerField()
    payload = serializers.SerializerMethodField()
    occurrences = serializers.IntegerField()
    first_received_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    replayed_at = serializers.DateTimeField(allow_null=True)

    def get_payload(self, letter: object) -> str:
        """Show the first bytes as text."""
        return bytes(letter.payload[:2000]).decode("utf-8", "replace")  # type: ignore[attr-defined]
