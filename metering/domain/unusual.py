"""When consumption is unusual: well above the same days of the year before."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Threshold:
    """What it takes: at least `ratio` times as much, and at least `extra` units a day more."""

    ratio: Decimal
    extra: Decimal


THRESHOLDS = {
    "water": Threshold(Decimal("2.0"), Decimal("0.1")),
    "electricity": Threshold(Decimal("2.0"), Decimal("4")),
    "sewerage": Threshold(Decimal("2.0"), Decimal("0.1")),
}
FEWEST_DAYS = 3
"""A running week is judged from its third complete day on."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a meter consumed over some days of a week: `days` of them known, of which `measured` in place.

    A day is measured when daily or finer registers say it; it is only known when it was spread from longer
    steps.
    """

    volume: Decimal
    days: int
    measured: int


def ratio(now: Span, before: Span, utility: str) -> Decimal | None:
    """Return how many times as much was consumed as a year before, when that is unusual; else None.

    The present must be measured and the past known, over the same number of days, of which at least three.
    """
    threshold = THRESHOLDS[utility]
    if (
        now.measured < FEWEST_DAYS
        or now.days != now.measured
        or before.days != now.days
        or before.volume <= 0
    ):
        return None
    times = now.volume / before.volume
    if times < threshold.ratio or now.volume - before.volume < threshold.extra * now.days:
        return None
    return times.quantize(Decimal("0.1"))
