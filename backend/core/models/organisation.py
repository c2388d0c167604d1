"""The operator whose installation this is."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Organisation(models.Model):
    """The one operator of this database: its names, its area, its references."""

    name_fr = models.CharField(_("name in French"), max_length=120)
    name_ar = models.CharField(_("name in Arabic"), max_length=120)
    reference_prefix = models.CharField(_("reference prefix"), max_length=6, default="CH")
    service_area = models.MultiPolygonField(_("service area"), srid=4326, null=True, blank=True)
    emergency_phone = models.CharField(_("emergency phone"), max_length=20, blank=True)
    centre = models.PointField(_("centre of the map"), srid=4326, null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(pk=1), name="core_one_organisation"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the moment."""
        return self.name_ar if (get_language() or "").startswith("ar") else self.name_fr
