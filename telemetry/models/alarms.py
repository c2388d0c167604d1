"""Alarms, what became of them, and which of them belong together, to ISA-18.2."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.core.models.transitions import TransitionRecord, Versioned
from telemetry.domain.alarm_states import ALARM, NORMAL
from telemetry.models.alarm_rules import AlarmRule
from telemetry.models.devices import Sensor
from telemetry.models.scoping import scoped_by


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


class ReasonCode(models.TextChoices):
    """Why people set alarms aside."""

    CHATTERING = "chattering", pgettext_lazy("reason", "It comes and goes")
    MAINTENANCE = "maintenance", pgettext_lazy("reason", "Maintenance under way")
    FAULTY = "faulty", pgettext_lazy("reason", "Faulty instrument")
    KNOWN = "known", pgettext_lazy("reason", "Known and followed up")
    TEST = "test", pgettext_lazy("reason", "Test")
    OTHER = "other", pgettext_lazy("reason", "Other")


class AlarmGroup(Versioned):
    """Alarms that rose together on one part of a network: the first of them, and its consequences.

    `why` says what holds it together, as `{"why": code, …}`; each member says in `group_why` why it joined.
    """

    network = models.CharField(max_length=64)
    root = models.ForeignKey("Alarm", models.PROTECT, related_name="+")
    why = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("group of alarms")
        verbose_name_plural = _("groups of alarms")
        indexes = [
            models.Index(
                fields=["network"], name="telemetry_group_open", condition=models.Q(closed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.network}"


class AlarmSuppression(models.Model):
    """Planned work during which the alarms of some sensors, or of a zone, call nobody. It ends by itself.

    `source` names who asked: an application and its object (`maintenance.order:12`), or a person.
    """

    sensors = models.ManyToManyField(Sensor, related_name="suppressions", blank=True)
    zone = models.ForeignKey("gis.Zone", models.PROTECT, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    source = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("suppression of alarms")
        verbose_name_plural = _("suppressions of alarms")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="telemetry_suppression_ends_later"
            )
        ]
        indexes = [
            models.Index(
                fields=["starts_at", "ends_at"],
                name="telemetry_suppression_current",
                condition=models.Q(lifted_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.starts_at:%F %H:%M}"


class Alarm(Versioned):
    """One occurrence of a rule's condition, from the raise until everything is normal again.

    A rule has at most one row that is not normal; a row that came back to normal is history. `calls` counts
    how often the platform has called for it, the last time at `called_at`: a console sounds each call once.
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
    suppression = models.ForeignKey(
        AlarmSuppression, models.SET_NULL, null=True, blank=True, related_name="alarms"
    )
    group = models.ForeignKey(AlarmGroup, models.SET_NULL, null=True, blank=True, related_name="members")
    group_why = models.JSONField(default=dict, blank=True)
    ungrouped = models.BooleanField(default=False)
    calls = models.PositiveIntegerField(default=0)
    called_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
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
    reason_code = models.CharField(max_length=12, choices=ReasonCode, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "version"], name="telemetry_transition_once")
        ]
        indexes = [models.Index(fields=["-recorded_at"], name="telemetry_transition_newest")]


class AlarmEscalation(Versioned):
    """What happens to an alarm of a priority that nobody acknowledges; empty means never."""

    priority = models.PositiveSmallIntegerField(unique=True)
    repeat_after_s = models.PositiveIntegerField(null=True, blank=True)
    escalate_after_s = models.PositiveIntegerField(null=True, blank=True)
    sms = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("escalation of alarms")
        verbose_name_plural = _("escalations of alarms")
        ordering = ["priority"]

    def __str__(self) -> str:
        return f"{self.priority}"


class AlarmDuty(Versioned):
    """A supervisor on duty for a time: who is told by SMS of an alarm that nobody acknowledges."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name = _("supervisor on duty")
        verbose_name_plural = _("supervisors on duty")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="telemetry_duty_ends_later"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_at:%F %H:%M}"
