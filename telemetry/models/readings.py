"""Measured values: the history by day, the newest of each sensor, and contradictions."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from telemetry.models.devices import Sensor
from telemetry.models.scoping import scoped_by


class Reading(models.Model):
    """One value at one device time. Range-partitioned by UTC day of `at`: always filter on it.

    `value` is empty where the device or the poll had no measurement; `quality` says so.
    """

    pk = models.CompositePrimaryKey("sensor_id", "at")
    sensor = models.ForeignKey(
        Sensor, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    seq = models.BigIntegerField(null=True)
    value = models.FloatField(null=True)
    quality = models.SmallIntegerField()

    class Meta:
        indexes = [BrinIndex(fields=["received_at"], name="telemetry_reading_received", pages_per_range=16)]

    def __str__(self) -> str:
        return f"{self.sensor_id} {self.at:%F %T} {self.value}"


class LatestReading(models.Model):
    """The newest reading of a sensor by device time. It moves only forward."""

    sensor = models.OneToOneField(Sensor, models.CASCADE, primary_key=True, related_name="latest")
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    seq = models.BigIntegerField(null=True)
    value = models.FloatField(null=True)
    quality = models.SmallIntegerField()
    reason = models.CharField(max_length=64, blank=True)
    stale = models.BooleanField(default=False)

    objects = scoped_by("sensor__geom").as_manager()

    def __str__(self) -> str:
        return f"{self.sensor_id} {self.value}"


class ReadingConflict(models.Model):
    """A second, different value for a device time already stored: the first stays, this one is kept here."""

    sensor = models.ForeignKey(Sensor, models.CASCADE, related_name="conflicts")
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    seq = models.BigIntegerField(null=True)
    value = models.FloatField(null=True)
    quality = models.SmallIntegerField()

    class Meta:
        verbose_name = _("conflicting reading")
        verbose_name_plural = _("conflicting readings")
        constraints = [
            models.UniqueConstraint(
                fields=["sensor", "at", "value", "quality"],
                name="telemetry_conflict_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.sensor_id} {self.at:%F %T} {self.value}"
