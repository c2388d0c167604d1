"""How long readings are kept, their roll-ups, what waits to be rolled up, and what retention dropped."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.core.models.transitions import Versioned
from telemetry.models.devices import Quantity, Sensor

_KEPT = [MinValueValidator(1)]


class Rollup(models.Model):
    """What a sensor's readings say over one bucket of time that begins at `start`.

    Statistics are those of usable readings: good or uncertain, with a value. Range-partitioned by `start`.
    """

    pk = models.CompositePrimaryKey("sensor_id", "start")
    sensor = models.ForeignKey(
        Sensor, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    start = models.DateTimeField()
    count = models.IntegerField(help_text="readings, of whatever quality")
    good = models.IntegerField(help_text="readings of good quality")
    used = models.IntegerField(help_text="usable readings: good or uncertain, with a value")
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    total = models.FloatField(null=True)
    first = models.FloatField(null=True)
    last = models.FloatField(null=True)
    covered_s = models.FloatField(help_text="seconds that the readings stand for, bucket length at most")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.sensor_id} {self.start:%F %T} {self.count}"


class MinuteRollup(Rollup):
    """One minute."""

    class Meta:
        db_table = "telemetry_rollup_1m"


class QuarterRollup(Rollup):
    """Fifteen minutes."""

    class Meta:
        db_table = "telemetry_rollup_15m"


class HourRollup(Rollup):
    """One hour."""

    class Meta:
        db_table = "telemetry_rollup_1h"


class DayRollup(Rollup):
    """One local day: 23, 24 or 25 hours."""

    class Meta:
        db_table = "telemetry_rollup_1d"


class RollupDirt(models.Model):
    """Minutes in which a batch stored something new: appended by who writes readings, consumed by the fold.

    Entry n says: of sensor `sensors[n]`, in hour `hours[n]` counted from 1970 (UTC), the
    minutes whose bits are set in `masks[n]`. Level 0 waits to be folded into minutes, level 1 into the rest.
    """

    level = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    sensors = ArrayField(models.BigIntegerField())
    hours = ArrayField(models.IntegerField())
    masks = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [models.Index(fields=["level", "id"], name="telemetry_dirt_next")]

    def __str__(self) -> str:
        return f"{self.pk} level {self.level}"


class StoragePolicy(Versioned):
    """How many days a class of sensors keeps its readings and each roll-up; empty means for ever.

    The narrowest class wins: family and quantity, then family, then quantity, then what names neither.
    Registers (cumulative sensors) keep their readings for ever, whatever stands here.
    """

    family = models.CharField(_("family"), max_length=64, blank=True)
    quantity = models.CharField(_("quantity"), max_length=16, choices=Quantity, blank=True)
    raw_days = models.PositiveIntegerField(
        _("readings, days"), null=True, blank=True, default=400, validators=_KEPT
    )
    minute_days = models.PositiveIntegerField(
        _("1 minute, days"), null=True, blank=True, default=800, validators=_KEPT
    )
    quarter_days = models.PositiveIntegerField(
        _("15 minutes, days"), null=True, blank=True, default=1900, validators=_KEPT
    )
    hour_days = models.PositiveIntegerField(_("1 hour, days"), null=True, blank=True, validators=_KEPT)
    day_days = models.PositiveIntegerField(_("1 day, days"), null=True, blank=True, validators=_KEPT)

    class Meta:
        verbose_name = _("storage policy")
        verbose_name_plural = _("storage policies")
        ordering = ["family", "quantity"]
        constraints = [
            models.UniqueConstraint(fields=["family", "quantity"], name="telemetry_policy_once_per_class")
        ]

    def __str__(self) -> str:
        return f"{self.family or '*'} {self.quantity or '*'}"


class RetentionRun(models.Model):
    """One run of the retention job, and what it dropped.

    `items` holds `{table, partition, how: dropped|deleted|postponed, rows, start, end, reason}`, one for each
    partition touched; `rows` of a dropped partition are the planner's count.
    """

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    rows = models.BigIntegerField(default=0)
    items = models.JSONField(default=list)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("retention run")
        verbose_name_plural = _("retention runs")
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.started_at:%F %T} {self.rows}"
