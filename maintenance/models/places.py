"""Where on the ground and where on the network."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from backend.core.models import Versioned


class Bilingual(models.Model):
    """Something with a name in each of the operator's languages."""

    name_fr = models.CharField(_("name in French"), max_length=120)
    name_ar = models.CharField(_("name in Arabic"), max_length=120)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the moment."""
        from django.utils.translation import get_language

        return self.name_ar if (get_language() or "").startswith("ar") else self.name_fr


class OnNetwork(Versioned):
    """A point (EPSG:4326, longitude first) and the network element it hangs on, where they are known."""

    geom = models.PointField(_("place"), srid=4326, null=True, blank=True)
    network = models.ForeignKey("gis.Network", on_delete=models.PROTECT, null=True, related_name="+")
    node = models.ForeignKey("gis.Node", on_delete=models.SET_NULL, null=True, related_name="+")
    link = models.ForeignKey("gis.Link", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        abstract = True
        constraints: ClassVar = []
