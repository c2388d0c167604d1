"""Registers as they came, what contradicted them, and the files they came in.

Nothing here is ever changed.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from metering.models.meters import Meter

TOTAL = 0
GOOD = 192
USABLE = 64
"""Quality from which a register counts: good and uncertain do, bad does not."""


class Source(models.TextChoices):
    """How a register came in."""

    TELEMETRY = "telemetry", _("Telemetry")
    CSV = "csv", _("CSV file")
    MANUAL = "manual", _("By hand")


class ReadingImport(models.Model):
    """One file of registers that was read: what was kept, what was refused and why."""

    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    conflicts = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=dict, help_text="How many rows were refused, by reason.")
    examples = models.JSONField(
        default=list, help_text="The first refused rows, each with its line and reason."
    )

    class Meta:
        verbose_name = _("import of readings")
        verbose_name_plural = _("imports of readings")
        ordering: ClassVar = ["-started_at"]

    def __str__(self) -> str:
        return self.file_name


class RegisterReading(models.Model):
    """The register of a meter at an instant (whole seconds), in m³ or kWh as its dial shows it.

    `register` tells several dials of one meter apart (time of use, export); 0 is the total.
    """

    pk = models.CompositePrimaryKey("meter_id", "register", "at")
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="readings", db_index=False)
    register = models.PositiveSmallIntegerField(default=TOTAL)
    at = models.DateTimeField()
    value = models.DecimalField(max_digits=18, decimal_places=6)
    source = models.CharField(max_length=10, choices=Source.choices)
    quality = models.PositiveSmallIntegerField(default=GOOD)
    recorded_at = models.DateTimeField(default=timezone.now)
    batch = models.ForeignKey(
        ReadingImport, on_delete=models.PROTECT, null=True, related_name="readings", db_index=False
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(value__gte=0), name="metering_register_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.at:%Y-%m-%d %H:%M}: {self.value}"


class RegisterConflict(models.Model):
    """A register that contradicts the one kept for the same meter and instant."""

    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="conflicts")
    register = models.PositiveSmallIntegerField(default=TOTAL)
    at = models.DateTimeField()
    kept = models.DecimalField(max_digits=18, decimal_places=6)
    offered = models.DecimalField(max_digits=18, decimal_places=6)
    source = models.CharField(max_length=10, choices=Source.choices)
    recorded_at = models.DateTimeField(default=timezone.now)
    batch = models.ForeignKey(ReadingImport, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meter", "register", "at", "offered"], name="metering_conflict_told_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.at:%Y-%m-%d %H:%M}: {self.kept} / {self.offered}"


class RegisterWatermark(models.Model):
    """Up to which receive time a source of registers was read."""

    source = models.CharField(max_length=40, primary_key=True)
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source} {self.received_at:%Y-%m-%d %H:%M:%S}"
