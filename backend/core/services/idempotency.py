"""Answer a retried write with its first answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction

from backend.core import clock
from backend.core.errors import IdempotencyInFlight, IdempotencyMismatch
from backend.core.models import IdempotencyRecord

ABANDONED_AFTER = timedelta(seconds=60)
KEPT_FOR = timedelta(days=30)
Answer = tuple[int, Any]


def run_once(*, scope: str, key: str, fingerprint: str, work: Callable[[], Answer]) -> tuple[Answer, bool]:
    """Do keyed work at most once; return `(status, body)` and whether it is a replay.

    The answer is kept in the transaction of the work: either both exist or neither. Work that raises leaves
    no trace, so that a corrected request may use the key again.

    Args:
        scope: whose keys these are.
        fingerprint: a digest of the request; another one under the same key is refused.
        work: makes the change and returns a status and a JSON-serialisable body.

    Raises:
        IdempotencyMismatch: the key was used with another content.
        IdempotencyInFlight: the same request is being worked on.
    """
    kept = _claim(scope, key, fingerprint)
    if kept is not None:
        return kept, True
    try:
        with transaction.atomic():
            answer = work()
            status, body = answer
            IdempotencyRecord.objects.filter(scope=scope, key=key).update(status=status, body=body)
    except BaseException:
        IdempotencyRecord.objects.filter(scope=scope, key=key, status=None).delete()
        raise
    return answer, False


def forget_old() -> int:
    """Remove keys older than any retry; return how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()[0]


def _claim(scope: str, key: str, fingerprint: str) -> Answer | None:
    """Reserve the key, or return the answer it already has."""
    now = clock.now()
    kept, is_new = IdempotencyRecord.objects.get_or_create(
        scope=scope, key=key, defaults={"fingerprint": fingerprint, "created_at": now}
    )
    if is_new:
        return None
    if kept.fingerprint != fingerprint:
        raise IdempotencyMismatch
    if kept.status is not None:
        return kept.status, kept.body
    abandoned = IdempotencyRecord.objects.filter(
        pk=kept.pk, status=None, created_at=kept.created_at, created_at__lt=now - ABANDONED_AFTER
    )
    if abandoned.update(created_at=now):
        return None
    raise IdempotencyInFlight
