"""Sparkplug edge nodes and their devices as they were heard, known or waiting for someone to take them in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SparkplugEdge(models.Model):
    """An edge node (`group/edge node`) or one of its devices (`group/edge node/device`).

    The device of the registry it belongs to is the one whose `edge` is this `path`. What is kept here lets a
    host that was away ask for every birth again.
    """

    path = models.CharField(max_length=320, unique=True)
    online = models.BooleanField(default=False)
    bd_seq = models.BigIntegerField(null=True)
    first_heard_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    born_at = models.DateTimeField(null=True)
    died_at = models.DateTimeField(null=True)
    death_reason = models.CharField(max_length=32, blank=True)
    asked_at = models.DateTimeField(null=True)
    asked_reason = models.CharField(max_length=32, blank=True)
    asks = models.PositiveIntegerField(default=0)
    declined_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Sparkplug edge node")
        verbose_name_plural = _("Sparkplug edge nodes")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path

    @property
    def is_device(self) -> bool:
        """Tell whether this is a device behind an edge node."""
        return self.path.count("/") == 2


class SparkplugMetric(models.Model):
    """A metric that the last birth told, with its value then as text."""

    edge = models.ForeignKey(SparkplugEdge, models.CASCADE, related_name="metrics")
    name = models.CharField(max_length=250)
    datatype = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=32, blank=True)
    text = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["edge", "name"], name="telemetry_metric_once")]

    def __str__(self) -> str:
        return f"{self.edge_id} {self.name}"
