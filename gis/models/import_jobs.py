"""Files that people bring on the import page, and what becomes of each."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _

from gis.models.imports import ImportRecord


class ImportJobState(models.TextChoices):
    """Where a file stands: on its way, here, looked at in a dry run, and written or not."""

    RECEIVING = "receiving", _("On its way")
    RECEIVED = "received", _("Received")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    REFUSED = "refused", _("Refused")
    IMPORTING = "importing", _("Being imported")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Failed")
    DISCARDED = "discarded", _("Set aside")


LONGEST_NAME = 60
RUNNING = (ImportJobState.CHECKING, ImportJobState.IMPORTING)
"""States in which the worker has something to do."""
ENDED = (ImportJobState.DONE, ImportJobState.DISCARDED)


class ImportJob(models.Model):
    """One file brought to be imported. `options` are the caller's words, `report` what the last run said."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    size_bytes = models.PositiveBigIntegerField()
    received_bytes = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=ImportJobState.choices, default=ImportJobState.RECEIVING)
    options = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    record = models.ForeignKey(ImportRecord, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(received_bytes__lte=models.F("size_bytes")), name="gis_import_job_within_size"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"

    @property
    def is_running(self) -> bool:
        """Whether the worker has something to do with it."""
        return self.state in RUNNING

    @property
    def folder(self) -> Path:
        """Where the file lies, alone."""
        return Path(settings.MEDIA_ROOT) / "imports" / str(self.public_id)

    @property
    def path(self) -> Path:
        """The file, under a name made safe from the one it came with."""
        name = Path(get_valid_filename(self.file_name.lstrip("."))[-LONGEST_NAME:])
        return self.folder / name.with_suffix(name.suffix.lower())
