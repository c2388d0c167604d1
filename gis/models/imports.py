"""What was imported, and how fresh each map layer is."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis.models.networks import Network


class ImportRecord(models.Model):
    """One import that was written: which file, how it was understood, what it changed.

    Without a network it brought zones alone. What it made names it (`created_in`), and the history of what it
    changed does (`import_id`): so it can be undone.
    """

    network = models.ForeignKey(Network, on_delete=models.PROTECT, null=True, related_name="imports")
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    file_format = models.CharField(max_length=20)
    options = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    undo_asked_at = models.DateTimeField(null=True, editable=False)
    undo_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    undo_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    undo_refusal = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering: ClassVar = ["-imported_at"]

    def __str__(self) -> str:
        return f"{self.file_name} > {self.network_id}"


class HydraulicModel(models.Model):
    """What a water network's model says beyond its elements, in SI: options, patterns, curves, controls.

    Kept apart from the network, which is read everywhere.
    """

    network = models.OneToOneField(
        Network, on_delete=models.CASCADE, primary_key=True, related_name="hydraulics"
    )
    content = models.JSONField()

    def __str__(self) -> str:
        return str(self.network_id)
