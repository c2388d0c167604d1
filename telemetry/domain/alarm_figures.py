"""How well the alarm system serves its operators, after ISA-18.2 and EEMUA 191."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles

ACCEPTABLE_PER_HOUR = 6
DEFICIENT_PER_HOUR = 30
FLOOD_WINDOW = timedelta(minutes=10)
FLOOD_ABOVE = 10
FLOOD_ENDS_BELOW = 5
CHATTER_WINDOW = timedelta(minutes=1)
CHATTER_FROM = 3
STALE_AFTER = timedelta(hours=24)
TARGET_SHARES: Mapping[int, float] = {1: 0.01, 2: 0.05, 3: 0.15, 4: 0.79}
"""Shares of priorities that a well kept system shows: about 5 % urgent, 15 % high, 80 % low."""


@dataclass(frozen=True, slots=True)
class Raised:
    """Hold one rise of an alarm."""

    at: datetime
    rule_id: int
    priority: int


@dataclass(frozen=True, slots=True)
class Flood:
    """Hold a time in which more alarms rose than a person can read."""

    start: datetime
    end: datetime
    count: int
    peak: int


@dataclass(frozen=True, slots=True)
class Rates:
    """Say how many alarms rose for one operator in an hour, on average and at worst, and how hours were."""

    mean: float
    worst: float
    acceptable_share: float
    deficient_share: float


@dataclass(frozen=True, slots=True)
class TenMinutes:
    """Say how many alarms rose for one operator in ten minutes, and in which share of them more than ten."""

    mean: float
    worst: float
    over_share: float


@dataclass(frozen=True, slots=True)
class Waits:
    """Say in seconds how long alarms waited to be acknowledged; None where none was."""

    count: int
    median_s: float | None
    p90_s: float | None
    longest_s: float | None


def rates(times: Sequence[datetime], *, start: datetime, end: datetime, operators: int) -> Rates:
    """Count what rose for each operator in each hour from `start` to `end`, quiet hours included."""
    each = _each(times, start, end, timedelta(hours=1), operators)
    return Rates(
        mean=sum(each) / len(each),
        worst=max(each),
        acceptable_share=sum(count <= ACCEPTABLE_PER_HOUR for count in each) / len(each),
        deficient_share=sum(count > DEFICIENT_PER_HOUR for count in each) / len(each),
    )


def ten_minutes(times: Sequence[datetime], *, start: datetime, end: datetime, operators: int) -> TenMinutes:
    """Count what rose for each operator in each ten minutes from `start` to `end`, quiet ones included."""
    each = _each(times, start, end, FLOOD_WINDOW, operators)
    over = sum(count > FLOOD_ABOVE for count in each)
    return TenMinutes(mean=sum(each) / len(each), worst=max(each), over_share=over / len(each))


def _each(
    times: Sequence[datetime], start: datetime, end: datetime, span: timedelta, operators: int
) -> list[float]:
    """Count for one operator in each span of time."""
    spans = max(round((end - start) / span), 1)
    counts = Counter(int((at - start) / span) for at in times if start <= at < end)
    return [counts.get(place, 0) / operators for place in range(spans)]


def floods(times: Sequence[datetime]) -> list[Flood]:
    """Find the floods: from more than 10 in 10 minutes until fewer than 5 in 10 minutes; `times` in order."""
    found: list[Flood] = []
    recent: deque[datetime] = deque()
    members: list[datetime] = []
    peak = 0
    for at in times:
        while recent and recent[0] <= at - FLOOD_WINDOW:
            recent.popleft()
        if members and len(recent) < FLOOD_ENDS_BELOW and at - members[-1] >= FLOOD_WINDOW / 2:
            found.append(Flood(members[0], members[-1], len(members), peak))
            members, peak = [], 0
        recent.append(at)
        if members:
            members.append(at)
        elif len(recent) > FLOOD_ABOVE:
            members = list(recent)
        peak = max(peak, len(recent)) if members else 0
    if members:
        found.append(Flood(members[0], members[-1], len(members), peak))
    return found


def chattering(raised: Iterable[Raised]) -> dict[int, int]:
    """Return the rules that rose three times or more within a minute, and how often they did."""
    by_rule: dict[int, list[datetime]] = defaultdict(list)
    for one in raised:
        by_rule[one.rule_id].append(one.at)
    found = {}
    for rule_id, times in by_rule.items():
        bursts = sum(
            place - bisect_left(times, at - CHATTER_WINDOW) + 1 >= CHATTER_FROM
            for place, at in enumerate(times)
        )
        if bursts:
            found[rule_id] = bursts
    return found


def most_frequent(raised: Iterable[Raised], count: int = 10) -> list[tuple[int, int]]:
    """Return the rules that rose most, with how often."""
    return Counter(one.rule_id for one in raised).most_common(count)


def shares(raised: Sequence[Raised]) -> dict[int, float]:
    """Return the share of each priority; zeros where nothing rose."""
    counts = Counter(one.priority for one in raised)
    return {level: counts[level] / len(raised) if raised else 0.0 for level in (1, 2, 3, 4)}


def waits(seconds: Sequence[float]) -> Waits:
    """Summarise how long alarms waited to be acknowledged."""
    if not seconds:
        return Waits(0, None, None, None)
    p90 = quantiles(seconds, n=10)[-1] if len(seconds) > 1 else seconds[0]
    return Waits(len(seconds), median(seconds), min(p90, max(seconds)), max(seconds))
