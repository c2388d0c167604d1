"""What technicians found otherwise than surveyed, until someone decides."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.core.models import TransitionRecord, Versioned
from gis.domain.corrections import CorrectionState
from gis.models.networks import Network
from gis.models.scoping import ScopedQuerySet

CORRECTION_STATES: list[tuple[str, Any]] = [
    (CorrectionState.WAITING.value, _("To decide")),
    (CorrectionState.ACCEPTED.value, _("Accepted")),
    (CorrectionState.REFUSED.value, _("Refused")),
]


class Correction(Versioned):
    """What one person saw of one element: `changes` (see `gis.domain.corrections`), a note, a photo.

    The element is kept by table and id; `seen` is what the map said of the corrected fields when it was
    written, at `subject_version` where the phone told it. `geom` is where the element was then (EPSG:4326,
    a line's middle): it decides who sees this. `made_at` is the phone's time, `received_at` ours.
    """

    client_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    subject_table = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    subject_kind = models.CharField(max_length=20)
    subject_code = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=CORRECTION_STATES, default=CorrectionState.WAITING.value)
    changes = models.JSONField(default=dict)
    seen = models.JSONField(default=dict)
    note = models.TextField(_("note"), blank=True)
    photo = models.FileField(upload_to="corrections/%Y/%m/", blank=True)
    geom = models.PointField(srid=4326)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    received_at = models.DateTimeField(default=timezone.now)
    subject_version = models.PositiveIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True, help_text="Of what was sent, to know it again.")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        indexes: ClassVar = [
            models.Index(fields=["state", "-id"], name="gis_correction_state"),
            models.Index(fields=["author", "-id"], name="gis_correction_author"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_code}"


class CorrectionTransition(TransitionRecord):
    """The decision: who, when, and why where it was refused."""

    subject = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="transitions")
