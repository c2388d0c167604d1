"""What a register says between two readings: forward, round the dial, or backwards.

Values are whole micro-units (millionths of a cubic metre or of a kilowatt-hour), so that sums are exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

MICRO = 1_000_000
ROLLOVER_ZONE = 10
"""A register that falls rolled over when it left the last tenth of its dial and came back in the first."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A register at an instant: `at` in whole seconds since 1970 UTC, `value` in micro-units."""

    at: int
    value: int


@dataclass(frozen=True, slots=True)
class Step:
    """What passed between two readings of one meter, over the half-open interval [start, end)."""

    start: int
    end: int
    volume: int


def to_micro(value: Decimal) -> int:
    """Return a register value in micro-units, rounded half to even."""
    return int((value * MICRO).to_integral_value())


def from_micro(value: int) -> Decimal:
    """Return micro-units as a decimal of six places."""
    return Decimal(value).scaleb(-6)


def capacity(digits: int | None) -> int:
    """Return, in micro-units, where a dial of so many whole digits starts again; 0 when it is not known."""
    return MICRO * 10**digits if digits else 0


def advance(before: int, after: int, dial: int) -> int | None:
    """Return what passed between two register values, or None when the register went back.

    Args:
        before: the earlier value, in micro-units.
        after: the later value, in micro-units.
        dial: the value at which the register rolls over to zero; 0 when it never does.
    """
    if after >= before:
        return after - before
    if dial and before >= dial - dial // ROLLOVER_ZONE and after < dial // ROLLOVER_ZONE:
        return dial - before + after
    return None


def steps(readings: Iterable[Reading], dial: int) -> list[Step]:
    """Return what passed between the readings of one meter, given in order of time.

    A reading below the one before it is doubted, not subtracted: it is passed over, and the next one is
    compared with the last good one. When the next agrees with the doubted one (at or above it, still below
    the last good one), the register was reset: the interval of the reset is unknown and counting starts again
    from there.
    """
    result: list[Step] = []
    last: Reading | None = None
    doubted: Reading | None = None
    for reading in readings:
        volume = None if last is None else advance(last.value, reading.value, dial)
        if last is None or volume is not None:
            if last is not None and volume is not None:
                result.append(Step(last.at, reading.at, volume))
            last, doubted = reading, None
        elif doubted is not None and reading.value >= doubted.value:
            result.append(Step(doubted.at, reading.at, reading.value - doubted.value))
            last, doubted = reading, None
        else:
            doubted = reading
    return result
