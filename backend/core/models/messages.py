"""Messages sent to people."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.core.models.users import E164, Language


class Message(models.Model):
    """One SMS to one person: what was said, in which language, and what became of it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENT = "sent", pgettext_lazy("message", "sent")
        FAILED = "failed", _("failed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    phone = models.CharField(_("phone"), max_length=16, validators=[E164])
    language = models.CharField(max_length=2, choices=Language.choices)
    template = models.CharField(max_length=80)
    body = models.TextField()
    segments = models.PositiveSmallIntegerField(default=1)
    dedupe_key = models.CharField(max_length=160, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    provider_id = models.CharField(max_length=80, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-created_at"], name="core_message_newest")]

    def __str__(self) -> str:
        return f"{self.template} ({self.state})"
