"""Where devices drawn as points lie on the pipes and lines that they divide."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import BrinIndex

from gis.models.networks import Link, created_in


class DrawnDevice(models.Model):
    """A valve, switch or pump that a file draws as a point: on `host`, whose other half is `part`.

    The newest row of a device holds; the older ones are for the day its import is undone. `host` is the part
    that kept the name, and what an import of that pipe speaks of whole. `along` is the device's place on the
    whole, from 0 to 1, and `at_end` says whether it was put between an end of it and the node there.
    """

    device = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="+")
    host = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="+")
    part = models.ForeignKey(Link, on_delete=models.CASCADE, null=True, related_name="+")
    geom = models.PointField(srid=4326, spatial_index=False)
    along = models.FloatField()
    at_end = models.CharField(max_length=5, blank=True, choices=[("start", "start"), ("end", "end")])
    reversed = models.BooleanField(default=False)
    created_in = created_in()

    class Meta:
        indexes: ClassVar = [BrinIndex(fields=["created_in"], name="gis_drawndevice_created_in")]

    def __str__(self) -> str:
        return f"{self.device_id} > {self.host_id}"
