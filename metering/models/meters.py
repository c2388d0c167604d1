"""The devices that count what a connection point takes."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.core.models import User, Versioned

DEFAULT_DIGITS = 6


class Utility(models.TextChoices):
    """What a meter counts."""

    WATER = "water", _("Water")
    ELECTRICITY = "electricity", _("Electricity")
    SEWERAGE = "sewerage", _("Sewerage")


class MeterQuerySet(models.QuerySet["Meter"]):
    def visible_to(self, user: User | AnonymousUser | None) -> Self:
        """Keep the meters within the places a member of staff answers for; nobody else lists meters."""
        from gis.queries import within_jurisdiction

        return self.filter(within_jurisdiction(user, "connection_point__geom"))


class Meter(Versioned):
    """One device on one connection point for a period. Exchanging it closes this row and opens another.

    `digits` are the whole digits of its dial: it rolls over to zero after them. `multiplier` turns the dial's
    units into the stored ones (current transformers, pulse weight). `sensor` is the cumulative sensor that
    reads it.
    """

    code = models.CharField(_("code"), max_length=64, unique=True)
    utility = models.CharField(_("utility"), max_length=12, choices=Utility.choices)
    connection_point = models.ForeignKey(
        "gis.ConnectionPoint", on_delete=models.PROTECT, related_name="meters"
    )
    sensor = models.ForeignKey(
        "telemetry.Sensor", on_delete=models.PROTECT, null=True, blank=True, related_name="meters"
    )
    digits = models.PositiveSmallIntegerField(
        _("digits"), default=DEFAULT_DIGITS, validators=[MinValueValidator(3), MaxValueValidator(12)]
    )
    multiplier = models.DecimalField(_("multiplier"), max_digits=12, decimal_places=6, default=Decimal(1))
    installed = DateTimeRangeField(_("in place"))

    objects = MeterQuerySet.as_manager()

    class Meta:
        verbose_name = _("meter")
        verbose_name_plural = _("meters")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="metering_sensor_reads_one_meter_at_a_time",
                expressions=[("sensor", RangeOperators.EQUAL), ("installed", RangeOperators.OVERLAPS)],
                condition=Q(sensor__isnull=False),
            ),
            models.CheckConstraint(condition=Q(multiplier__gt=0), name="metering_multiplier_positive"),
            models.CheckConstraint(
                condition=~Q(installed__isempty=True), name="metering_meter_installed_some_time"
            ),
        ]

    def __str__(self) -> str:
        return self.code
