"""Who changes zones, as of when and why: for their history."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from backend.core.models import User
from gis.attribution import attributed


@dataclass(frozen=True, slots=True)
class Cause:
    """As of when something is done to zones, who says so, and why."""

    at: datetime
    actor: User | None
    reason: str = ""

    def of(self, deed: str) -> AbstractContextManager[None]:
        """Let the history say so of what is changed within; `deed` as `gis.queries.zone_changes` names it."""
        return attributed(
            user=self.actor and self.actor.pk,
            deed=deed,
            as_of=self.at.isoformat(),
            reason=self.reason or None,
        )
