"""Readings whose device time cannot be believed: kept aside, with the reason."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from telemetry.models.devices import Device, Sensor


class QuarantineState(models.TextChoices):
    """What became of a reading set aside."""

    HELD = "held", pgettext_lazy("quarantined reading", "Held")
    RELEASED = "released", pgettext_lazy("quarantined reading", "Released")
    DISCARDED = "discarded", pgettext_lazy("quarantined reading", "Discarded")


class QuarantinedReading(models.Model):
    """A reading of a device whose clock was off. `stored_at` is the time under which it was released."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="quarantine")
    sensor = models.ForeignKey(Sensor, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    seq = models.BigIntegerField(null=True)
    value = models.FloatField(null=True)
    quality = models.SmallIntegerField()
    reason = models.CharField(max_length=32)
    state = models.CharField(max_length=10, choices=QuarantineState, default=QuarantineState.HELD)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    stored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("quarantined reading")
        verbose_name_plural = _("quarantined readings")
        constraints = [
            models.UniqueConstraint(
                fields=["sensor", "at", "value", "quality"],
                name="telemetry_quarantined_once",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(
                fields=["device", "id"],
                name="telemetry_quarantine_held",
                condition=models.Q(state="held"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sensor_id} {self.at:%F %T} {self.reason}"
