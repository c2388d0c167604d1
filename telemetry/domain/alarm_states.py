"""The states of an alarm to ISA-18.2 and every change between them."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.core.domain.states import SYSTEM, Edge, StateTable, who

NORMAL = "normal"
ACTIVE = "active_unacknowledged"
ACKNOWLEDGED = "active_acknowledged"
CLEARED = "cleared_unacknowledged"
SHELVED = "shelved"
SUPPRESSED = "suppressed"
OUT_OF_SERVICE = "out_of_service"

ASIDE = frozenset({SHELVED, SUPPRESSED, OUT_OF_SERVICE})
"""States in which the condition is still evaluated and nobody is called."""

LONGEST_SHELVING = timedelta(hours=24)

CONDITION_ACTIVE = "condition_active"
CONDITION_CLEARED = "condition_cleared"
SHELVING_BOUNDED = "shelving_bounded"
ONE_OPEN = "no_other_open_occurrence"
NO_PLANNED_WORK = "no_planned_work"
"""Planned work would silence it again within seconds: a person takes nothing back into it."""

_OPERATORS = who("dispatcher", "supervisor")
_SUPERVISORS = who("supervisor")
_PLATFORM = who(SYSTEM)

_SET_ASIDE = (
    Edge(SHELVED, _OPERATORS, needs_reason=True, guards=(SHELVING_BOUNDED, ONE_OPEN)),
    Edge(SUPPRESSED, _SUPERVISORS | _PLATFORM, needs_reason=True, guards=(ONE_OPEN,)),
    Edge(OUT_OF_SERVICE, _SUPERVISORS, needs_reason=True, guards=(ONE_OPEN,)),
)


def _back(*roles: str, calm: tuple[str, ...] = ()) -> tuple[Edge, ...]:
    """Lead back as the condition is; `calm` guards the way back where nothing is wrong."""
    return (
        Edge(ACTIVE, who(*roles), guards=(CONDITION_ACTIVE, NO_PLANNED_WORK)),
        Edge(NORMAL, who(*roles), guards=(CONDITION_CLEARED, *calm)),
    )


ALARM = StateTable(
    name="alarm",
    initial=NORMAL,
    edges={
        NORMAL: (Edge(ACTIVE, _PLATFORM, guards=(ONE_OPEN,)), *_SET_ASIDE),
        ACTIVE: (Edge(ACKNOWLEDGED, _OPERATORS), Edge(CLEARED, _PLATFORM), *_SET_ASIDE),
        ACKNOWLEDGED: (Edge(NORMAL, _PLATFORM), *_SET_ASIDE),
        CLEARED: (Edge(NORMAL, _OPERATORS), Edge(ACTIVE, _PLATFORM), *_SET_ASIDE),
        SHELVED: _back("dispatcher", "supervisor", SYSTEM),
        SUPPRESSED: _back("supervisor", SYSTEM, calm=(NO_PLANNED_WORK,)),
        OUT_OF_SERVICE: _back("supervisor"),
    },
)

_ON_RAISE = {NORMAL: ACTIVE, CLEARED: ACTIVE}
_ON_CLEAR = {ACTIVE: CLEARED, ACKNOWLEDGED: NORMAL}


def after_condition(state: str, *, active: bool) -> str | None:
    """Return where a change of the condition leads an alarm in `state`, or None where it stays."""
    return (_ON_RAISE if active else _ON_CLEAR).get(state)


def returned(*, active: bool) -> str:
    """Return the state of an alarm that is no longer set aside."""
    return ACTIVE if active else NORMAL


def is_shelving_bounded(until: datetime | None, *, now: datetime) -> bool:
    """Tell whether a shelving ends, in the future, and within the longest time allowed."""
    return until is not None and now < until <= now + LONGEST_SHELVING
