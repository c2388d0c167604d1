"""What the field says is otherwise than surveyed: what may be said, and the life of such a correction."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from backend.core.domain.states import Edge, StateTable, who
from gis.domain.rows import CONDUITS, LinkState


class CorrectionState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


REVIEWERS = who("supervisor", "administrator")

CORRECTION = StateTable(
    name="correction",
    initial=CorrectionState.WAITING,
    edges={
        CorrectionState.WAITING: (
            Edge(CorrectionState.ACCEPTED, REVIEWERS),
            Edge(CorrectionState.REFUSED, REVIEWERS, needs_reason=True),
        ),
    },
    finals=frozenset({CorrectionState.ACCEPTED, CorrectionState.REFUSED}),
)
"""Until it is accepted, the survey stands; what it replaces stays in the history."""

FARTHEST_M = 2_000
"""A position farther from where the element is mapped is taken for a mistake."""


def fields_of(table: str, kind: str) -> tuple[str, ...]:
    """Return what may be corrected of an element. `place` is longitude and latitude; a line has none."""
    if table == "node":
        return ("place", "elevation_m")
    if table == "connection_point":
        return ("place", "address")
    return ("diameter_mm", "length_m") if kind in CONDUITS else ("place", "state", "operable", "diameter_mm")


def checked(table: str, kind: str, changes: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the changes that can be, and the names of those that cannot."""
    allowed = fields_of(table, kind)
    sound: dict[str, Any] = {}
    wrong: list[str] = []
    for field, given in changes.items():
        value = _READ[field](given) if field in allowed else None
        if value is None:
            wrong.append(field)
        else:
            sound[field] = value
    return sound, wrong


def _number(least: float, most: float) -> Callable[[Any], float | None]:
    def read(given: Any) -> float | None:
        try:
            value = float(given)
        except (TypeError, ValueError):
            return None
        return value if math.isfinite(value) and least <= value <= most else None

    return read


def _place(given: Any) -> list[float] | None:
    if not isinstance(given, list | tuple) or len(given) != 2:
        return None
    lon, lat = _number(-180, 180)(given[0]), _number(-90, 90)(given[1])
    return None if lon is None or lat is None else [lon, lat]


def _text(given: Any) -> str | None:
    return given.strip() if isinstance(given, str) and 0 < len(given.strip()) <= 200 else None


_READ: Mapping[str, Callable[[Any], Any]] = {
    "place": _place,
    "elevation_m": _number(-500, 9000),
    "diameter_mm": _number(0.1, 10_000),
    "length_m": _number(0, 1_000_000),
    "address": _text,
    "state": lambda given: given if given in {state.value for state in LinkState} else None,
    "operable": lambda given: given if isinstance(given, bool) else None,
}
