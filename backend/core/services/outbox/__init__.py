"""The outbox: events written with the change, read in the order they became visible, delivered at least
once."""

from __future__ import annotations

from backend.core.services.outbox.delivery import deliver_due, revive
from backend.core.services.outbox.publishing import CHANNEL, publish
from backend.core.services.outbox.registry import Handler, consumers_of, handler_of, subscribe
from backend.core.services.outbox.sequence import assign_sequence

__all__ = [
    "CHANNEL",
    "Handler",
    "assign_sequence",
    "consumers_of",
    "deliver_due",
    "handler_of",
    "publish",
    "revive",
    "subscribe",
]
