"""What every app stands on: people and roles, the operator, outbox, messages, idempotency, audit."""

from __future__ import annotations

from backend.core.models.access_keys import AccessKey
from backend.core.models.audit import AuditEntry
from backend.core.models.idempotency import IdempotencyRecord
from backend.core.models.messages import Message
from backend.core.models.organisation import Organisation
from backend.core.models.outbox import OutboxDelivery, OutboxEvent
from backend.core.models.transitions import TransitionRecord, Versioned
from backend.core.models.users import Role, RoleAssignment, User

__all__ = [
    "AccessKey",
    "AuditEntry",
    "IdempotencyRecord",
    "Message",
    "Organisation",
    "OutboxDelivery",
    "OutboxEvent",
    "Role",
    "RoleAssignment",
    "TransitionRecord",
    "User",
    "Versioned",
]
