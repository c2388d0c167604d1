"""Keep account of who did what and who read whose data."""

from __future__ import annotations

from typing import Any

from backend.core.models import AuditEntry, User


def record(*, actor: User | None, action: str, subject: str, **details: Any) -> AuditEntry:
    """Append one line to the journal; it can be neither changed nor removed.

    Args:
        actor: who; None is the platform itself.
        action: past tense, prefixed by the app: `maintenance.report_read`.
        subject: what it was done to, as `model:id`.
        details: identifiers and figures, JSON-serialisable; never the personal data itself.
    """
    return AuditEntry.objects.create(actor=actor, action=action, subject=subject, details=details)
