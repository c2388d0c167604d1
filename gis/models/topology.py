"""What changed in a network's topology, version by version, and where the drawing has left it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone

from gis.models.networks import Link, Network


class TopologyChange(models.Model):
    """One element that a version of a network's topology changed; the graphs in memory read it again.

    Every version has at least one row, written in the transaction that raises it. `none` says that no trace
    changed, `all` that too much did to name it. Rows are only ever added.
    """

    class Scope(models.TextChoices):
        NODE = "node"
        LINK = "link"
        ALL = "all"
        NONE = "none"

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+", db_index=False)
    version = models.PositiveBigIntegerField()
    scope = models.CharField(max_length=4, choices=Scope.choices)
    element_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["network", "version"], name="gis_topology_change_version")]

    def __str__(self) -> str:
        return f"{self.network_id} v{self.version} {self.scope} {self.element_id}"


class StaleArea(models.Model):
    """Where an edit left a link drawn away from the node it is stored to end at (EPSG:4326).

    The survey is the truth and the topology is derived: until somebody joins the link anew or redraws it,
    traces that pass here say so.
    """

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="stale_areas")
    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="+")
    geom = models.PolygonField(srid=4326)
    distance_m = models.FloatField()
    found_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["link"], condition=Q(settled_at=None), name="gis_stale_area_once_per_link"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.distance_m:.1f} m"
