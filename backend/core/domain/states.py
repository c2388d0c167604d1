"""State machines as tables that one validator reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SYSTEM = "system"
"""The role of the platform itself, for transitions no person asks for."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One allowed change of state.

    Attributes:
        to: the state it leads to.
        roles: who may ask for it; `SYSTEM` stands for the platform itself.
        needs_reason: refuse it without a written reason.
        guards: names of conditions that the owner of the table checks before the change.
    """

    to: str
    roles: frozenset[str]
    needs_reason: bool = False
    guards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StateTable:
    """A whole state machine: its name, its first state, and every change it allows."""

    name: str
    initial: str
    edges: Mapping[str, tuple[Edge, ...]]
    finals: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        unknown = {edge.to for edges in self.edges.values() for edge in edges} - set(self.edges) - self.finals
        if unknown:
            raise ValueError(f"{self.name}: no row for {sorted(unknown)}")

    @property
    def states(self) -> frozenset[str]:
        """Every state of the table."""
        return frozenset(self.edges) | self.finals

    def edge(self, current: str, to: str) -> Edge | None:
        """Return the change from one state to another, or None where the table has none."""
        return next((edge for edge in self.edges.get(current, ()) if edge.to == to), None)

    def allowed(self, current: str, roles: frozenset[str]) -> list[str]:
        """List the states that holders of these roles may ask for from here, in table order."""
        return [edge.to for edge in self.edges.get(current, ()) if edge.roles & roles]


def who(*roles: str) -> frozenset[str]:
    """Name the roles of an edge."""
    return frozenset(roles)
