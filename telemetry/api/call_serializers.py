"""What goes in and out of calls: after how long alarms call again, and who is on duty."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework import serializers

from backend.core.models import User
from telemetry.queries.alarm_calls import reachable_supervisors
from telemetry.services.alarms.escalation import LONGEST_S, SHORTEST_S


class EscalationIO(serializers.Serializer):
    repeat_after_s = serializers.IntegerField(
        min_value=SHORTEST_S,
        max_value=LONGEST_S,
        allow_null=True,
        required=False,
        help_text="called again so often until someone acknowledges; null is never",
    )
    escalate_after_s = serializers.IntegerField(
        min_value=SHORTEST_S,
        max_value=LONGEST_S,
        allow_null=True,
        required=False,
        help_text="after this long whoever is on duty is told; null is never",
    )
    sms = serializers.BooleanField(required=False, help_text="whoever is on duty is told by SMS")


class EscalationOut(EscalationIO):
    priority = serializers.IntegerField()
    version = serializers.IntegerField()


class EscalationChange(EscalationIO):
    version = serializers.IntegerField(min_value=1)


class PersonOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField(source="__str__")


class PeopleOut(serializers.Serializer):
    results = PersonOut(many=True)
    next = serializers.CharField(allow_null=True)


class DutyOut(serializers.Serializer):
    id = serializers.IntegerField()
    user = PersonOut()
    phone = serializers.CharField(source="user.phone", allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class DutyIn(serializers.Serializer):
    user = serializers.IntegerField(min_value=1, help_text="one of `/api/v1/alarm-duties/people/`")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="31 days later at most")

    def validate_user(self, pk: int) -> User:
        """Find the person among those who can be told."""
        found = next((one for one in reachable_supervisors() if one.pk == pk), None)
        if found is None:
            raise serializers.ValidationError(_("Choose a supervisor who has a telephone."))
        return found


class DutyChange(DutyIn):
    user = serializers.IntegerField(min_value=1, required=False)
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False)
    version = serializers.IntegerField(min_value=1)
