"""Keys by which a person's GIS software reads in their name."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccessKey(models.Model):
    """A password of one program: it reads what its owner may read, nowhere but where keys are taken.

    The key itself is shown once and not kept; `digest` is its SHA-256, enough for 256 bits of chance.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_keys")
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("access key")
        verbose_name_plural = _("access keys")
        indexes: ClassVar = [models.Index(fields=["user", "-created_at"], name="core_access_key_owner")]

    def __str__(self) -> str:
        return f"{self.user}: {self.name}"
