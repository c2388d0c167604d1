"""The messages sent to people."""

from __future__ import annotations

from django.db.models import QuerySet

from backend.core.models import Message


def latest_messages(*, limit: int = 100) -> QuerySet[Message]:
    """Return the newest messages first."""
    return Message.objects.order_by("-created_at", "-pk")[:limit]
