"""What the worker does for this app, and when."""

from __future__ import annotations

from celery import shared_task
from django.core.cache import cache

from backend.core.services import idempotency, outbox

WAKE_KEY = "core:outbox:wake"

SCHEDULE = {
    "core.deliver_outbox": {"task": "core.deliver_outbox", "schedule": 3.0, "options": {"expires": 3}},
    "core.forget_old_keys": {"task": "core.forget_old_keys", "schedule": 3600.0},
}


@shared_task(name="core.deliver_outbox")
def deliver_outbox() -> int:
    """Deliver what is owed. The wake-up call is cleared first: what is written from here on calls again."""
    cache.delete(WAKE_KEY)
    return outbox.deliver_due()


@shared_task(name="core.forget_old_keys")
def forget_old_keys() -> int:
    """Forget idempotency keys nobody will send again."""
    return idempotency.forget_old()
