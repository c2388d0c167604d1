"""The writers of this app: outbox, transitions, messages, idempotency, audit, people."""

from __future__ import annotations

from backend.core.services.messages import notify, register_sms
from backend.core.services.people import ensure_user, grant_role, set_organisation, withdraw_role
from backend.core.services.transitions import apply_transition

__all__ = [
    "apply_transition",
    "ensure_user",
    "grant_role",
    "notify",
    "register_sms",
    "set_organisation",
    "withdraw_role",
]
