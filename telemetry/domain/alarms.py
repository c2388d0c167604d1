"""When a limit is crossed for long enough: deadband, on-delay and off-delay, one step at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

LATE_AFTER = timedelta(minutes=10)
"""A reading older than this when it arrives fills the history and says nothing about now."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Hold a rule's numbers. It clears only a deadband away from the limit."""

    kind: Literal["high", "low"]
    limit: float
    deadband: float = 0.0
    on_delay: timedelta = timedelta(0)
    off_delay: timedelta = timedelta(0)

    def is_beyond(self, value: float) -> bool:
        """Tell whether a value is abnormal."""
        return value > self.limit if self.kind == "high" else value < self.limit

    def is_back(self, value: float) -> bool:
        """Tell whether a value is normal again, deadband included."""
        return (
            value <= self.limit - self.deadband
            if self.kind == "high"
            else value >= self.limit + self.deadband
        )


@dataclass(frozen=True, slots=True)
class Condition:
    """Say how a rule stands: active or not, and since when the opposite has been seen (a running delay)."""

    active: bool = False
    pending_since: datetime | None = None
    value: float | None = None


class Sample(NamedTuple):
    """Hold a value and the instant it counts from."""

    at: datetime
    value: float


class Change(NamedTuple):
    """Say that the condition became active (or not) at an instant, with the value that did it."""

    active: bool
    at: datetime
    value: float | None


def due_at(limit: Limit, condition: Condition) -> datetime | None:
    """Return when the running delay ends, or None when none runs."""
    if condition.pending_since is None:
        return None
    return condition.pending_since + (limit.off_delay if condition.active else limit.on_delay)


def tick(limit: Limit, condition: Condition, now: datetime) -> tuple[Condition, Change | None]:
    """Let time pass: end the running delay when it is over."""
    due = due_at(limit, condition)
    if due is None or due > now:
        return condition, None
    active = not condition.active
    return Condition(active, None, condition.value), Change(active, due, condition.value)


def observe(limit: Limit, condition: Condition, sample: Sample) -> tuple[Condition, list[Change]]:
    """Take one sample, in order of time; a delay that ended before it has its effect first."""
    condition, change = tick(limit, condition, sample.at)
    changes = [change] if change else []
    opposite = limit.is_back(sample.value) if condition.active else limit.is_beyond(sample.value)
    since = (condition.pending_since or sample.at) if opposite else None
    condition = replace(condition, pending_since=since, value=sample.value)
    condition, change = tick(limit, condition, sample.at)
    return condition, [*changes, change] if change else changes


def run(
    limit: Limit, condition: Condition, samples: Iterable[Sample], *, now: datetime
) -> tuple[Condition, list[Change]]:
    """Take samples in order of time, then let time pass until `now`."""
    changes: list[Change] = []
    for sample in samples:
        condition, more = observe(limit, condition, sample)
        changes += more
    condition, last = tick(limit, condition, now)
    return condition, [*changes, last] if last else changes
