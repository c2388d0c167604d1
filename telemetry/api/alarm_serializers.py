"""What goes in and out of the rules, templates, groups, suppressions, figures and journal of alarms."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from gis.queries import zone_by_code
from telemetry.models import (
    AlarmClass,
    AlarmKind,
    AlarmRule,
    AlarmSuppression,
    AlarmTemplate,
    Quantity,
    ReasonCode,
    Sensor,
)
from telemetry.models.alarm_rules import Side, WindowAggregate

Number = serializers.FloatField


class RuleNumbersIO(serializers.Serializer):
    """What rules and templates have in common."""

    kind = serializers.ChoiceField(AlarmKind.choices)
    limit = Number(required=False, help_text="in the unit of the measure; unused by no_update")
    deadband = Number(min_value=0, required=False)
    on_delay_s = Number(min_value=0, max_value=86_400, required=False)
    off_delay_s = Number(min_value=0, max_value=86_400, required=False)
    window_s = Number(min_value=10, max_value=604_800, required=False, allow_null=True)
    aggregate = serializers.ChoiceField(WindowAggregate.choices, required=False, allow_blank=True)
    op = serializers.ChoiceField(Side.choices, required=False)
    priority = serializers.IntegerField(min_value=1, max_value=4, required=False)
    alarm_class = serializers.ChoiceField(AlarmClass.choices, required=False)
    response_fr = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    response_ar = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    consequence_fr = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    consequence_ar = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    active = serializers.BooleanField(required=False)


class RuleOut(RuleNumbersIO):
    id = serializers.IntegerField()
    sensor = serializers.CharField(source="sensor.code")
    code = serializers.CharField()
    other = serializers.CharField(source="other.code", allow_null=True, default=None)
    template = serializers.CharField(source="template.code", allow_null=True, default=None)
    edited = serializers.BooleanField(help_text="changed by hand: its template leaves it alone")
    version = serializers.IntegerField()


class RuleIn(RuleNumbersIO):
    sensor = serializers.CharField(max_length=130)
    code = serializers.SlugField(max_length=32)
    other = serializers.CharField(max_length=130, required=False, allow_null=True)

    def validate_sensor(self, code: str) -> Sensor:
        """Find the sensor among those the person may see."""
        return self._seen(code)

    def validate_other(self, code: str | None) -> Sensor | None:
        """Find the sensor compared with among those the person may see."""
        return self._seen(code) if code else None

    def _seen(self, code: str) -> Sensor:
        found = Sensor.objects.visible_to(self.context["user"]).filter(code=code).first()
        if found is None:
            raise serializers.ValidationError(code)
        return found

    def rule(self) -> AlarmRule:
        """Return the rule asked for, not yet written."""
        return AlarmRule(**self.validated_data)


class RuleChange(RuleIn):
    kind = serializers.ChoiceField(AlarmKind.choices, required=False)
    sensor = None  # type: ignore[assignment]
    code = None  # type: ignore[assignment]
    version = serializers.IntegerField(min_value=1)


class VersionIn(serializers.Serializer):
    version = serializers.IntegerField(min_value=1)


class TemplateFields(RuleNumbersIO):
    name_fr = serializers.CharField(max_length=120, required=False, allow_blank=True)
    name_ar = serializers.CharField(max_length=120, required=False, allow_blank=True)
    family = serializers.CharField(max_length=64, required=False, allow_blank=True)
    key = serializers.CharField(max_length=64, required=False, allow_blank=True)
    quantity = serializers.ChoiceField(Quantity.choices, required=False, allow_blank=True)
    other_key = serializers.CharField(max_length=64, required=False, allow_blank=True)


class TemplateOut(TemplateFields):
    id = serializers.IntegerField()
    code = serializers.CharField()
    zone = serializers.CharField(source="zone.code", allow_null=True, default=None)
    version = serializers.IntegerField()


class TemplateIn(TemplateFields):
    code = serializers.SlugField(max_length=32)
    zone = serializers.CharField(max_length=40, required=False, allow_null=True)

    def validate_zone(self, code: str | None) -> Any:
        """Find the zone."""
        if not code:
            return None
        zone = zone_by_code(code)
        if zone is None:
            raise serializers.ValidationError(code)
        return zone

    def template(self) -> AlarmTemplate:
        """Return the template asked for, not yet written."""
        return AlarmTemplate(**self.validated_data)


class TemplateChange(TemplateIn):
    kind = serializers.ChoiceField(AlarmKind.choices, required=False)
    code = None  # type: ignore[assignment]
    version = serializers.IntegerField(min_value=1)


class AsideIn(serializers.Serializer):
    to = serializers.ChoiceField(["shelved", "suppressed", "out_of_service"])
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    reason_code = serializers.ChoiceField(ReasonCode.choices, required=False, allow_blank=True, default="")
    until = serializers.DateTimeField(required=False, allow_null=True, default=None)


class ReasonOut(serializers.Serializer):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class ReasonsOut(serializers.Serializer):
    results = ReasonOut(many=True)
    next = serializers.CharField(allow_null=True)


class GroupOut(serializers.Serializer):
    id = serializers.IntegerField()
    network = serializers.CharField()
    title = serializers.CharField()
    why = serializers.CharField()
    root_alarm = serializers.IntegerField()
    alarms = serializers.ListField(child=serializers.IntegerField())
    unacknowledged = serializers.IntegerField()
    opened_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class SuppressionOut(serializers.Serializer):
    id = serializers.IntegerField()
    sensors = serializers.SerializerMethodField()
    zone = serializers.CharField(source="zone.code", allow_null=True, default=None)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    created_by = serializers.CharField(allow_null=True)
    lifted_at = serializers.DateTimeField(allow_null=True)

    def get_sensors(self, row: AlarmSuppression) -> list[str]:
        """Name the sensors that were named."""
        return [sensor.code for sensor in row.sensors.all()]


class ElementIn(serializers.Serializer):
    network = serializers.CharField(max_length=64)
    kind = serializers.CharField(max_length=32, allow_blank=True, default="")
    code = serializers.CharField(max_length=64)


class SuppressionIn(serializers.Serializer):
    starts = serializers.DateTimeField()
    ends = serializers.DateTimeField()
    reason = serializers.CharField(max_length=300)
    sensors = serializers.ListField(
        child=serializers.CharField(max_length=130), max_length=500, required=False, default=list
    )
    zone = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    elements = ElementIn(many=True, required=False, default=list)


class JournalOut(serializers.Serializer):
    id = serializers.IntegerField()
    alarm = serializers.IntegerField()
    title = serializers.CharField()
    sensor = serializers.CharField()
    device = serializers.CharField()
    priority = serializers.IntegerField()
    from_state = serializers.CharField()
    to_state = serializers.CharField()
    actor = serializers.CharField(allow_null=True)
    reason = serializers.CharField()
    reason_code = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)
    occurred_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()


class RatesOut(serializers.Serializer):
    mean = Number()
    worst = Number()
    acceptable_share = Number()
    deficient_share = Number()


class TenMinutesOut(serializers.Serializer):
    mean = Number()
    worst = Number()
    over_share = Number(help_text="of the ten minutes, those with more than ten")


class FloodOut(serializers.Serializer):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    count = serializers.IntegerField()
    peak = serializers.IntegerField(help_text="most in ten minutes")


class RuleCountOut(serializers.Serializer):
    rule = serializers.IntegerField(source="rule.pk")
    sensor = serializers.CharField(source="rule.sensor.code")
    code = serializers.CharField(source="rule.code")
    count = serializers.IntegerField()
    share = Number()


class StaleOut(serializers.Serializer):
    alarm = serializers.IntegerField(source="pk")
    sensor = serializers.CharField(source="sensor.code")
    raised_at = serializers.DateTimeField()


class WaitsOut(serializers.Serializer):
    count = serializers.IntegerField()
    median_s = Number(allow_null=True)
    p90_s = Number(allow_null=True)
    longest_s = Number(allow_null=True)


class DayOut(serializers.Serializer):
    day = serializers.DateField()
    count = serializers.IntegerField()


class FiguresOut(serializers.Serializer):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    operators = serializers.IntegerField()
    raised = serializers.IntegerField()
    truncated = serializers.BooleanField()
    rates = RatesOut(help_text="alarms for one operator in an hour: 6 acceptable, above 30 deficient")
    ten_minutes = TenMinutesOut(
        help_text="alarms for one operator in ten minutes: 1 is well, above 10 a flood"
    )
    floods = FloodOut(many=True)
    flood_share = Number()
    chattering = RuleCountOut(many=True)
    frequent = RuleCountOut(many=True)
    frequent_share = Number(help_text="of all alarms, those of the ten most frequent rules: 0.05 is well")
    stale = StaleOut(many=True)
    shares = serializers.DictField(child=Number(), help_text="by priority")
    waits = serializers.DictField(child=WaitsOut(), help_text="seconds to acknowledge, by priority")
    days = DayOut(many=True)
    standing = serializers.IntegerField()
    aside = serializers.DictField(child=serializers.IntegerField())


class FiguresIn(serializers.Serializer):
    days = serializers.IntegerField(min_value=1, max_value=92, default=30)
    operators = serializers.IntegerField(min_value=1, max_value=50, default=1)


class JournalIn(serializers.Serializer):
    to = serializers.DateTimeField(required=False)
    state = serializers.CharField(max_length=30, required=False, default="")
    priority = serializers.IntegerField(min_value=1, max_value=4, required=False)
    zone = serializers.CharField(max_length=40, required=False, default="")
    sensor = serializers.CharField(max_length=130, required=False, default="")

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add `from` and `class`, words that Python keeps for itself."""
        return {
            "from": serializers.DateTimeField(required=False),
            "class": serializers.ChoiceField(AlarmClass.choices, required=False, default=""),
            **super().get_fields(),
        }
