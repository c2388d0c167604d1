"""What each kind of rule watches: the measure it takes of a sensor, and the limit that this measure meets.

Every kind comes down to one number that is compared with one limit, so that deadband, delays and restarts
work the same for all of them:

| kind | measure |
|---|---|
| high, very high, low, very low | the value |
| rate | the greatest change of the value within the window |
| no change | seconds for which the value stayed within the limit |
| no update | seconds since the sensor was heard |
| discrepancy | the difference of two sensors at the same time |
| expression | mean, min, max, sum, count or last over the window, or its difference from another sensor's |
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import inf
from typing import Literal

from telemetry.domain.alarms import Limit, Sample


class Kind(StrEnum):
    """The kinds of rules."""

    HIGH = "high"
    LOW = "low"
    VERY_HIGH = "very_high"
    VERY_LOW = "very_low"
    RATE = "rate"
    NO_CHANGE = "no_change"
    NO_UPDATE = "no_update"
    DISCREPANCY = "discrepancy"
    EXPRESSION = "expression"


class Aggregate(StrEnum):
    """What an expression takes of a window."""

    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    SUM = "sum"
    COUNT = "count"
    LAST = "last"


LEVELS: dict[str, Literal["high", "low"]] = {
    "high": "high",
    "very_high": "high",
    "low": "low",
    "very_low": "low",
}
WINDOWED = frozenset({Kind.RATE, Kind.NO_CHANGE, Kind.NO_UPDATE, Kind.EXPRESSION})
"""Kinds that need a window."""

TIMED = frozenset({Kind.NO_CHANGE, Kind.NO_UPDATE})
"""Kinds whose measure is a time in seconds and whose limit is the window."""

TICKED = frozenset({Kind.NO_CHANGE, Kind.NO_UPDATE, Kind.EXPRESSION})
"""Kinds that are looked at as time passes, whether or not a reading comes."""

LONGEST_WINDOW = timedelta(days=7)
COMPARABLE_FOR = timedelta(minutes=15)
"""A value older than this is not compared with another sensor's."""


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """Hold the numbers of a rule, whatever its kind. `op` says on which side an expression is abnormal."""

    kind: str
    limit: float = 0.0
    deadband: float = 0.0
    on_delay: timedelta = timedelta(0)
    off_delay: timedelta = timedelta(0)
    window: timedelta = timedelta(0)
    aggregate: str = ""
    op: str = "gt"
    two: bool = False

    @property
    def watched(self) -> Limit:
        """Return the limit that the measure meets."""
        if self.kind in TIMED:
            return Limit("high", self.window.total_seconds(), 0.0, self.on_delay, self.off_delay)
        if self.kind == Kind.EXPRESSION:
            side: Literal["high", "low"] = "low" if self.op == "lt" else "high"
        else:
            side = LEVELS.get(self.kind, "high")
        return Limit(side, self.limit, self.deadband, self.on_delay, self.off_delay)

    @property
    def telling(self) -> tuple[float, float]:
        """Return below and above which a single value alone calls for a closer look.

        A level is told by the value; a rate and a discrepancy always want a look; what is ticked never.
        """
        if self.kind in TICKED:
            return -inf, inf
        if self.kind in LEVELS:
            return (-inf, self.limit) if LEVELS[self.kind] == "high" else (self.limit, inf)
        return inf, -inf


def faults(spec: RuleSpec) -> dict[str, str]:
    """Name the numbers of a rule that do not hang together, by field."""
    found = {}
    if spec.kind in WINDOWED and not timedelta(seconds=10) <= spec.window <= LONGEST_WINDOW:
        found["window_s"] = "window"
    if spec.kind in {Kind.RATE, Kind.DISCREPANCY} and spec.limit <= 0:
        found["limit"] = "positive"
    if spec.kind == Kind.NO_CHANGE and spec.limit < 0:
        found["limit"] = "not_negative"
    if spec.kind == Kind.DISCREPANCY and not spec.two:
        found["other"] = "needed"
    if spec.two and spec.kind not in {Kind.DISCREPANCY, Kind.EXPRESSION}:
        found["other"] = "unwanted"
    if (spec.kind == Kind.EXPRESSION) != (spec.aggregate in set(Aggregate)):
        found["aggregate"] = "expression"
    return found


def greatest_changes(before: Sequence[Sample], new: Iterable[Sample], window: timedelta) -> Iterator[Sample]:
    """Measure for each new sample how far it is from the lowest or highest value within the window before it.

    Args:
        before: what came earlier, in order of time; needs to reach back one window.
    """
    lows: deque[Sample] = deque()
    highs: deque[Sample] = deque()
    for place, sample in enumerate([*before, *new]):
        _slide(lows, sample, window, lambda one, other: one >= other)
        _slide(highs, sample, window, lambda one, other: one <= other)
        if place >= len(before):
            change = max(sample.value - lows[0].value, highs[0].value - sample.value)
            yield Sample(sample.at, change)


def _slide(kept: deque[Sample], sample: Sample, window: timedelta, outdone: object) -> None:
    while kept and outdone(kept[-1].value, sample.value):  # type: ignore[operator]
        kept.pop()
    kept.append(sample)
    while kept[0].at < sample.at - window:
        kept.popleft()


def differences(
    mine: Iterable[Sample], others: Iterable[Sample], *, last_other: Sample | None, last_mine: Sample | None
) -> Iterator[Sample]:
    """Measure how far two sensors are apart whenever one of them tells a value."""
    told = sorted(
        [(sample.at, True, sample) for sample in mine] + [(sample.at, False, sample) for sample in others],
        key=lambda one: one[0],
    )
    for at, is_mine, sample in told:
        if is_mine:
            last_mine = sample
        else:
            last_other = sample
        if last_mine and last_other and abs(last_mine.at - last_other.at) <= COMPARABLE_FOR:
            yield Sample(at, abs(last_mine.value - last_other.value))


def unchanged_since(samples: Sequence[Sample], band: float) -> datetime | None:
    """Return since when the values have stayed within a band of the newest; None without any."""
    if not samples:
        return None
    newest = samples[-1]
    since = newest.at
    for sample in reversed(samples):
        if abs(sample.value - newest.value) > band:
            break
        since = sample.at
    return since


def aggregated(values: Sequence[float], aggregate: str) -> float | None:
    """Return one number for a window; None where nothing was measured in it (its count is 0)."""
    if aggregate == Aggregate.COUNT:
        return float(len(values))
    if not values:
        return None
    return {
        Aggregate.MEAN: lambda: sum(values) / len(values),
        Aggregate.MIN: lambda: min(values),
        Aggregate.MAX: lambda: max(values),
        Aggregate.SUM: lambda: sum(values),
        Aggregate.LAST: lambda: values[-1],
    }[Aggregate(aggregate)]()


def pace(window: timedelta) -> timedelta:
    """Return how often an expression over a window is looked at: 30 times a window, every 5 to 60 s."""
    return min(max(window / 30, timedelta(seconds=5)), timedelta(seconds=60))
