"""The life of a finding: who may repair, set aside, or take that back."""

from __future__ import annotations

from enum import StrEnum

from backend.core.domain.states import SYSTEM, Edge, StateTable, who


class FindingState(StrEnum):
    OPEN = "open"
    REPAIRED = "repaired"
    IGNORED = "ignored"
    GONE = "gone"


EDITORS = who("supervisor", "administrator")

FINDING = StateTable(
    name="quality_finding",
    initial=FindingState.OPEN,
    edges={
        FindingState.OPEN: (
            Edge(FindingState.REPAIRED, EDITORS),
            Edge(FindingState.IGNORED, EDITORS, needs_reason=True),
            Edge(FindingState.GONE, who(SYSTEM)),
        ),
        FindingState.IGNORED: (Edge(FindingState.OPEN, EDITORS), Edge(FindingState.GONE, who(SYSTEM))),
        FindingState.REPAIRED: (Edge(FindingState.OPEN, EDITORS),),
    },
    finals=frozenset({FindingState.GONE}),
)
"""`gone`: a later check no longer found it. From `repaired` back to `open` undoes the repair."""

STANDING = (FindingState.OPEN.value, FindingState.IGNORED.value)
"""The states of what is still so in the network: found again, such a finding is the same one."""
