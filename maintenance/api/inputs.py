"""What may be sent. A state is never among it: states change through transitions alone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from rest_framework import serializers

from maintenance.domain.states import PAUSE_KINDS


class ReportInput(serializers.Serializer[Any]):
    """A report, in JSON or as a form with photos. A point or a described place is needed."""

    category = serializers.CharField(max_length=40, help_text="Code of a category.")
    lon = serializers.FloatField(required=False, allow_null=True, help_text="Degrees, EPSG:4326.")
    lat = serializers.FloatField(required=False, allow_null=True)
    place = serializers.CharField(required=False, allow_blank=True, default="")
    text = serializers.CharField(required=False, allow_blank=True, default="")
    phone = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    photo = serializers.FileField(required=False, allow_null=True, help_text="May be repeated, five at most.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.setdefault("language", (get_language() or settings.LANGUAGE_CODE)[:2])
        return attrs


class TransitionInput(serializers.Serializer[Any]):
    """A change of state. `version` is the one the asker saw; a stale one is refused."""

    to = serializers.CharField(max_length=30)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=4000)
    version = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class ReportTransitionInput(TransitionInput):
    duplicate_of = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=40, help_text="Reference, for `duplicate`."
    )
    phone = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=40,
        help_text="Proves who filed it, where nobody is signed in.",
    )


class IncidentTransitionInput(TransitionInput):
    into = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="For `merged`.")


class OrderTransitionInput(TransitionInput):
    technician = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="For `dispatched`."
    )
    pause_kind = serializers.ChoiceField(
        choices=PAUSE_KINDS, required=False, allow_blank=True, default="", help_text="For `paused`."
    )


class IncidentInput(serializers.Serializer[Any]):
    """What an incident is opened with."""

    reports = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list, max_length=200
    )
    alarms = serializers.ListField(
        child=serializers.IntegerField(), required=False, default=list, max_length=200
    )


class MemberInput(serializers.Serializer[Any]):
    """One report, by reference, or one alarm, by id."""

    report = serializers.CharField(required=False, max_length=40)
    alarm = serializers.IntegerField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError(code="required")
        return attrs


class ReasonInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=4000, allow_blank=True, default="")
    version = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)


class ModerationInput(serializers.Serializer[Any]):
    decision = serializers.CharField(max_length=20, help_text="pending, approved or withheld")


class RestorationInput(serializers.Serializer[Any]):
    expected_at = serializers.DateTimeField()
    version = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)


class OrderInput(serializers.Serializer[Any]):
    """An order for an incident; what is left out comes from the incident."""

    incident = serializers.IntegerField()
    title = serializers.CharField(required=False, allow_blank=True, default="", max_length=400)
    instructions = serializers.CharField(required=False, allow_blank=True, default="")
    skill = serializers.CharField(required=False, allow_null=True, default=None, max_length=40)
    priority = serializers.IntegerField(required=False, allow_null=True, default=None)
    due_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class AssignInput(serializers.Serializer[Any]):
    technician = serializers.IntegerField()
    version = serializers.IntegerField(min_value=1)


class NoteInput(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=8000)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    client_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class PhotoInput(serializers.Serializer[Any]):
    photo = serializers.FileField()
    caption = serializers.CharField(required=False, allow_blank=True, default="", max_length=400)
    taken_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    client_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class PeriodInput(serializers.Serializer[Any]):
    """`from` and `to`: an instant, or a local day (`to` then included)."""

    bucket = serializers.CharField(required=False, default="day", max_length=10)
    utility = serializers.ChoiceField(choices=["water", "electricity", "other"], required=False)
