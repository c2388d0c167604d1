"""What did not arrive as it should: unreadable messages and missing numbers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from telemetry.models.devices import Device


class DeadLetter(models.Model):
    """A message that could not be used, whole or in part. The same one again raises `occurrences`.

    `outcome` says what the last replay came to: `stored`, `refused` or `truncated`; empty: none was tried.
    """

    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    topic = models.TextField()
    payload = models.BinaryField()
    size = models.PositiveIntegerField()
    reason = models.CharField(max_length=32)
    detail = models.CharField(max_length=300, blank=True)
    device = models.ForeignKey(Device, models.SET_NULL, null=True, related_name="dead_letters")
    first_received_at = models.DateTimeField()
    received_at = models.DateTimeField()
    occurrences = models.PositiveIntegerField(default=1)
    replayed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, blank=True, default="", db_default="")
    outcome_detail = models.CharField(max_length=300, blank=True, default="", db_default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    discarded_at = models.DateTimeField(null=True, blank=True)
    discard_reason = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("dead letter")
        verbose_name_plural = _("dead letters")
        indexes = [
            models.Index(fields=["-received_at"], name="telemetry_letter_received"),
            models.Index(fields=["device", "-received_at"], name="telemetry_letter_of_device"),
            models.Index(
                fields=["reason", "-received_at"],
                name="telemetry_letter_waiting",
                condition=models.Q(replayed_at=None, discarded_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.reason}"


class SequenceGap(models.Model):
    """Numbers of a device that never came: asked for again until filled, or given up.

    `missing` holds what is still absent as inclusive ranges `[[first, last], …]`.
    """

    device = models.ForeignKey(Device, models.CASCADE, related_name="gaps")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    missing = models.JSONField()
    detected_at = models.DateTimeField()
    asks = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(null=True, blank=True)
    next_ask_at = models.DateTimeField(null=True, blank=True)
    filled_at = models.DateTimeField(null=True, blank=True)
    abandoned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("sequence gap")
        verbose_name_plural = _("sequence gaps")
        indexes = [
            models.Index(
                fields=["next_ask_at"],
                name="telemetry_gap_due",
                condition=models.Q(next_ask_at__isnull=False),
            ),
            models.Index(
                fields=["device"], name="telemetry_gap_open", condition=models.Q(filled_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.first}-{self.last}"
