"""Make, use and withdraw access keys."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction

from backend.core import clock
from backend.core.errors import NotFound
from backend.core.models import AccessKey, User
from backend.core.queries.access_keys import digest_of, key_in_force
from backend.core.services.audit import record

PREFIX = "chk_"
"""By which people and scanners of repositories know a key when they see one."""
USE_IS_NOTED_EVERY = timedelta(hours=1)


@transaction.atomic
def make_access_key(*, user: User, name: str, days: int) -> tuple[AccessKey, str]:
    """Make a key for `user` that lasts so many days; return it with its text, which is kept nowhere."""
    text = PREFIX + secrets.token_urlsafe(32)
    expires_at = clock.now() + timedelta(days=days)
    key = AccessKey.objects.create(user=user, name=name, digest=digest_of(text), expires_at=expires_at)
    record(actor=user, action="core.access_key_made", subject=f"access_key:{key.pk}", days=days)
    return key, text


@transaction.atomic
def withdraw_access_key(*, user: User, key_id: int) -> None:
    """End a key of `user` at once.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    key = AccessKey.objects.select_for_update().filter(user=user, pk=key_id).first()
    if key is None:
        raise NotFound
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        key.save(update_fields=["revoked_at"])
        record(actor=user, action="core.access_key_withdrawn", subject=f"access_key:{key.pk}")


def use_access_key(*, username: str, text: str) -> User | None:
    """Return whose key this is, if it is in force and of that name; note its use, once an hour."""
    key = key_in_force(username, text)
    if key is None:
        return None
    now = clock.now()
    if key.last_used_at is None or key.last_used_at < now - USE_IS_NOTED_EVERY:
        AccessKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key.user
