"""Access keys: whose one is, and which ones somebody has."""

from __future__ import annotations

from hashlib import sha256

from django.db.models import QuerySet

from backend.core.models import AccessKey, User
from backend.core.queries.presence import keys_in_force


def digest_of(text: str) -> str:
    """Return what is kept of a key."""
    return sha256(text.encode()).hexdigest()


def key_in_force(username: str, text: str) -> AccessKey | None:
    """Return the key of this text, if it is that person's, neither withdrawn nor past its time."""
    return next(iter(keys_in_force(username, digest_of(text))), None)


def access_keys_of(user: User) -> QuerySet[AccessKey]:
    """Return the keys of a person that were not withdrawn, newest first."""
    return AccessKey.objects.filter(user=user, revoked_at=None).order_by("-created_at")
