"""When alarms and reports on one isolation segment or transformer are worth showing to a dispatcher."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

ENOUGH = 2
"""Evidences below which nothing is proposed."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One alarm or report.

    Attributes:
        kind: `alarm` or `report`.
        id: its primary key.
        source: what makes two of them one voice (the sensor's element, the reporter's phone), or empty.
    """

    kind: str
    id: int
    source: str = ""

    @property
    def voice(self) -> tuple[str, str]:
        """Who speaks: several evidences of one voice count once."""
        return (self.kind, self.source or f"#{self.id}")


def worth_proposing(
    new: Collection[Evidence],
    *,
    already_linked: int = 0,
    dismissed: Collection[frozenset[tuple[str, int]]] = (),
) -> bool:
    """Say whether a group should be proposed.

    Args:
        new: evidences that belong to no incident yet.
        already_linked: evidences of the running incident on the same group; one more is enough to extend it.
        dismissed: what earlier dismissed proposals held, as `(kind, id)`; the same again is not asked twice.
    """
    if not new or len({evidence.voice for evidence in new}) + already_linked < ENOUGH:
        return False
    ids = {(evidence.kind, evidence.id) for evidence in new}
    return not any(ids <= refused for refused in dismissed)
