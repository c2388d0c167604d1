"""Read who changed what."""

from __future__ import annotations

from collections.abc import Collection

from backend.core.models import AuditEntry


def entries_of(subjects: Collection[str], *, limit: int = 20) -> list[AuditEntry]:
    """Return the newest lines of the journal about some subjects, as `model:id`, the newest first."""
    entries = AuditEntry.objects.filter(subject__in=list(subjects)).select_related("actor")
    return list(entries.order_by("-at", "-pk")[:limit])
