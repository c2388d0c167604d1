"""Technicians, what they know, and when they work."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.utils.translation import gettext_lazy as _

from maintenance.models.catalogue import Skill


class Technician(models.Model):
    """A member of a crew. `base` is where the day starts; a live position exists on shift only."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="technician")
    skills = models.ManyToManyField(Skill, related_name="technicians", blank=True)
    base = models.PointField(_("base"), srid=4326, null=True, blank=True)
    position = models.PointField(srid=4326, null=True, blank=True, editable=False)
    position_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("technician")
        verbose_name_plural = _("technicians")

    def __str__(self) -> str:
        return str(self.user)


class ShiftQuerySet(models.QuerySet["Shift"]):
    def at(self, at: datetime) -> ShiftQuerySet:
        """Keep the shifts that run at an instant."""
        return self.filter(period__contains=at)


class Shift(models.Model):
    """A half-open period of work of a technician."""

    technician = models.ForeignKey(Technician, on_delete=models.CASCADE, related_name="shifts")
    period = DateTimeRangeField(_("period"))

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        constraints: ClassVar = [
            ExclusionConstraint(
                name="maintenance_one_shift_at_a_time",
                expressions=[("technician", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=~models.Q(period__isempty=True), name="maintenance_shift_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.technician}: {self.period}"
