"""Limits on sensors and the alarms they raise, to ISA-18.2."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from backend.core.models.transitions import TransitionRecord, Versioned
from telemetry.domain.alarm_states import ALARM, NORMAL
from telemetry.models.devices import Sensor
from telemetry.models.scoping import scoped_by


class AlarmKind(models.TextChoices):
    """Which side of the limit is abnormal."""

    HIGH = "high", pgettext_lazy("alarm limit", "High")
    LOW = "low", pgettext_lazy("alarm limit", "Low")


class AlarmState(models.TextChoices):
    """The states of an alarm, to ISA-18.2."""

    NORMAL = "normal", pgettext_lazy("alarm state", "Normal")
    ACTIVE_UNACKNOWLEDGED = "active_unacknowledged", pgettext_lazy("alarm state", "Active, not acknowledged")
    ACTIVE_ACKNOWLEDGED = "active_acknowledged", pgettext_lazy("alarm state", "Active, acknowledged")
    CLEARED_UNACKNOWLEDGED = (
        "cleared_unacknowledged",
        pgettext_lazy("alarm state", "Cleared, not acknowledged"),
    )
    SHELVED = "shelved", pgettext_lazy("alarm state", "Shelved")
    SUPPRESSED = "suppressed", pgettext_lazy("alarm state", "Suppressed by design")
    OUT_OF_SERVICE = "out_of_service", pgettext_lazy("alarm state", "Out of service")


class AlarmRule(Versioned):
    """A limit on a sensor, with its delays, deadband, priority and what to do."""

    sensor = models.ForeignKey(Sensor, models.CASCADE, related_name="rules")
    code = models.CharField(max_length=32)
    kind = models.CharField(max_length=8, choices=AlarmKind)
    limit = models.FloatField()
    deadband = models.FloatField(default=0, validators=[MinValueValidator(0)])
    on_delay_s = models.FloatField(default=0, validators=[MinValueValidator(0)])
    off_delay_s = models.FloatField(default=0, validators=[MinValueValidator(0)])
    priority = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    response_fr = models.TextField(blank=True)
    response_ar = models.TextField(blank=True)
    consequence_fr = models.TextField(blank=True)
    consequence_ar = models.TextField(blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("alarm rule")
        verbose_name_plural = _("alarm rules")
        constraints = [
            models.UniqueConstraint(fields=["sensor", "code"], name="telemetry_rule_code_once_per_sensor"),
            models.CheckConstraint(
                condition=models.Q(
                    deadband__gte=0, on_delay_s__gte=0, off_delay_s__gte=0, priority__range=(1, 4)
                ),
                name="telemetry_rule_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sensor_id} {self.code}"

    @property
    def response(self) -> str:
        """Return what to do, in the language of the moment."""
        return (self.response_ar if get_language() == "ar" else self.response_fr) or self.response_fr

    @property
    def consequence(self) -> str:
        """Return what happens if nobody acts, in the language of the moment."""
        return (self.consequence_ar if get_language() == "ar" else self.consequence_fr) or self.consequence_fr


class AlarmCondition(models.Model):
    """How a rule stands right now, and which delay is running: kept so that a restart forgets nothing."""

    rule = models.OneToOneField(AlarmRule, models.CASCADE, primary_key=True, related_name="condition")
    active = models.BooleanField(default=False)
    pending_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    value = models.FloatField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="telemetry_condition_due", condition=models.Q(due_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {'active' if self.active else 'normal'}"


class Alarm(Versioned):
    """One occurrence of a rule's condition, from the raise until everything is normal again.

    A rule has at most one row that is not normal; a row that came back to normal is history.
    """

    rule = models.ForeignKey(AlarmRule, models.PROTECT, related_name="alarms")
    sensor = models.ForeignKey(Sensor, models.PROTECT, related_name="alarms")
    state = models.CharField(max_length=30, choices=AlarmState, default=ALARM.initial)
    priority = models.PositiveSmallIntegerField()
    raised_at = models.DateTimeField(null=True, blank=True)
    raised_value = models.FloatField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    cleared_at = models.DateTimeField(null=True, blank=True)
    shelved_until = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    objects = scoped_by("sensor__geom").as_manager()

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        constraints = [
            models.UniqueConstraint(
                fields=["rule"], condition=~models.Q(state=NORMAL), name="telemetry_one_open_alarm_per_rule"
            )
        ]
        indexes = [
            models.Index(
                fields=["state", "priority"], name="telemetry_alarm_open", condition=~models.Q(state=NORMAL)
            ),
            models.Index(fields=["-raised_at"], name="telemetry_alarm_raised"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class AlarmTransition(TransitionRecord):
    """One change of an alarm, never edited."""

    subject = models.ForeignKey(Alarm, models.CASCADE, related_name="transitions")
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "version"], name="telemetry_transition_once")
        ]
