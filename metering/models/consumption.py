"""What was consumed, how sure that is, and what was unusual.

All of it can be derived again from the registers.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metering.domain.units import STORED_UNIT
from metering.models.meters import Meter, Utility


class EstimationMethod(models.TextChoices):
    """How the volume of a day is known."""

    REGISTERS = "registers", gettext_lazy("from registers")
    LAST_YEAR = "last_year", gettext_lazy("as the same days last year")


class DailyConsumption(models.Model):
    """What passed a meter on a local day, in m³ or kWh.

    `coverage` is the share of the day that lies between registers. `estimated_share` is the share of the
    volume that was spread from longer intervals or estimated. Rows come by the million and can be derived
    again, so the database does not check the meter of each.
    """

    pk = models.CompositePrimaryKey("meter_id", "day")
    meter = models.ForeignKey(
        Meter, on_delete=models.CASCADE, related_name="days", db_constraint=False, db_index=False
    )
    day = models.DateField()
    volume = models.DecimalField(max_digits=18, decimal_places=6)
    coverage = models.FloatField()
    estimated_share = models.FloatField()
    method = models.CharField(
        max_length=10, choices=EstimationMethod.choices, default=EstimationMethod.REGISTERS
    )

    class Meta:
        indexes: ClassVar = [BrinIndex(fields=["day"], name="metering_daily_days", pages_per_range=32)]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.day}: {self.volume}"


class ZoneConsumption(models.Model):
    """What the meters that were in a zone on a local day consumed there; no value where none is known."""

    pk = models.CompositePrimaryKey("zone_id", "utility", "day")
    zone = models.ForeignKey("gis.Zone", on_delete=models.CASCADE, related_name="consumption")
    utility = models.CharField(max_length=12, choices=Utility.choices)
    day = models.DateField()
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    coverage = models.FloatField()
    estimated_share = models.FloatField()
    meters_read = models.PositiveIntegerField()
    meters_total = models.PositiveIntegerField()
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["day"], name="metering_zone_day")]

    def __str__(self) -> str:
        return f"{self.zone_id} {self.utility} {self.day}: {self.value}"


class StaleSpan(models.Model):
    """Local days of a meter, both ends included, whose consumption no longer follows from its registers."""

    meter = models.ForeignKey(Meter, on_delete=models.CASCADE, related_name="stale_spans")
    first_day = models.DateField()
    last_day = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.meter_id} {self.first_day}..{self.last_day}"


class StaleZoneDay(models.Model):
    """A figure of a zone that no longer follows from the days of its meters."""

    pk = models.CompositePrimaryKey("zone_id", "utility", "day")
    zone = models.ForeignKey("gis.Zone", on_delete=models.CASCADE, related_name="+", db_index=False)
    utility = models.CharField(max_length=12, choices=Utility.choices)
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.zone_id} {self.utility} {self.day}"


class ConsumptionFlag(models.Model):
    """A week in which a meter counted well above the same days of the year before."""

    meter = models.ForeignKey(Meter, on_delete=models.CASCADE, related_name="flags")
    week = models.DateField(help_text="The Monday of the week.")
    previous_week = models.DateField(help_text="The Monday of the week it is compared with.")
    days = models.PositiveSmallIntegerField(help_text="How many days of both weeks are compared.")
    value = models.DecimalField(max_digits=18, decimal_places=6)
    previous = models.DecimalField(max_digits=18, decimal_places=6)
    ratio = models.DecimalField(max_digits=8, decimal_places=1)
    flagged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = gettext_lazy("unusual consumption")
        verbose_name_plural = gettext_lazy("unusual consumption")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meter", "week"], name="metering_week_flagged_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["-week"], name="metering_flag_newest")]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.week}: x{self.ratio}"

    @property
    def sentence(self) -> str:
        """Why the week was flagged, in the language of the moment."""
        return _("%(ratio)s times the same days last year: %(value)s %(unit)s against %(previous)s.") % {
            "ratio": number_format(self.ratio),
            "value": amount(self.value),
            "previous": amount(self.previous),
            "unit": unit_label(self.meter.utility),
        }


def amount(value: Decimal) -> str:
    """Return a volume or energy as people read it: no decimals from ten up, one below."""
    rounded = value.quantize(Decimal(1) if value >= 10 else Decimal("0.1"), ROUND_HALF_UP)
    return number_format(rounded, force_grouping=True)


def unit_label(utility: str) -> str:
    """Return the stored unit of a utility as people write it."""
    return {"m3": _("m³"), "kWh": _("kWh")}[STORED_UNIT[utility]]
