"""A report while it is being written, a step at a time, kept on the server so that any page of it can be
reloaded.

It lives two hours under an identifier nobody can guess, and is forgotten sooner once it was sent: what is
left then is the reference, so that sending twice leads to the same report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.core.cache import cache

from backend.core.errors import NotKept

KEPT_S = 2 * 3600


@dataclass
class Draft:
    """What was entered so far. `photo` is the re-encoded picture."""

    key: UUID = field(default_factory=uuid4)
    where: dict[str, Any] = field(default_factory=dict)
    category: str = ""
    details: dict[str, str] = field(default_factory=dict)
    photo: bytes = b""
    reference: str = ""

    @property
    def next_step(self) -> str:
        """The first step that is not filled in."""
        if not self.where:
            return "where"
        return "what" if not self.category else "details" if not self.details else "check"


def keep(draft: Draft) -> Draft:
    """Store a draft for the next request.

    Raises:
        NotKept: Redis does not answer.
    """
    cache.set(_name(draft.key), draft, KEPT_S)
    if _name(draft.key) not in cache:
        raise NotKept
    return draft


def find(key: UUID) -> Draft | None:
    """Return a draft, or None when it has been forgotten."""
    found = cache.get(_name(key))
    return found if isinstance(found, Draft) else None


def mark_sent(draft: Draft, reference: str) -> None:
    """Forget what was written and remember where it went, if that can be: the report itself is safe."""
    cache.set(_name(draft.key), Draft(key=draft.key, reference=reference), KEPT_S)


def _name(key: UUID) -> str:
    return f"webmap:draft:{key}"
