"""Files of networks too large to be written while somebody waits for an answer."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis.models.networks import Network

KEPT = timedelta(days=1)
"""How long a file can be taken away once it is written."""


class ExportJobState(models.TextChoices):
    """Where a file stands."""

    WAITING = "waiting", _("Being written")
    DONE = "done", _("Ready")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")


class ExportJob(models.Model):
    """One file asked for by one person, who alone can take it away, until it expires."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+")
    file_format = models.CharField(max_length=20)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ExportJobState.choices, default=ExportJobState.WAITING)
    report = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.network_id} > {self.file_format} ({self.state})"

    @property
    def folder(self) -> Path:
        """Where the file lies, alone."""
        return Path(settings.MEDIA_ROOT) / "exports" / str(self.public_id)
