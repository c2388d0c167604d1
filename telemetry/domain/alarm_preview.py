"""What a rule would have done over values that are known: the same measures and delays as live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from telemetry.domain.alarm_kinds import Kind, RuleSpec, aggregated, differences, greatest_changes, pace
from telemetry.domain.alarms import Change, Condition, Sample, run

COARSEST_STEP = timedelta(minutes=5)
SECOND = timedelta(seconds=1)


def measured(
    spec: RuleSpec, mine: Sequence[Sample], others: Sequence[Sample], *, now: datetime
) -> list[Sample]:
    """Return what a rule would have measured over the values of its sensor, and of the one compared with."""
    if spec.kind == Kind.RATE:
        return list(greatest_changes([], mine, spec.window))
    if spec.kind == Kind.DISCREPANCY:
        return list(differences(mine, others, last_mine=None, last_other=None))
    if spec.kind == Kind.NO_UPDATE:
        return list(_silences(mine, spec.window, now))
    if spec.kind == Kind.NO_CHANGE:
        return list(_standstills(mine, spec.limit))
    if spec.kind == Kind.EXPRESSION:
        return list(_windows(spec, mine, others, now))
    return list(mine)


def replay(spec: RuleSpec, measures: Sequence[Sample], *, now: datetime) -> list[Change]:
    """Return when the rule would have raised and cleared."""
    return run(spec.watched, Condition(), measures, now=now)[1]


def thinned(samples: Sequence[Sample], count: int) -> list[Sample]:
    """Return about `count` samples that keep every minimum and maximum."""
    if len(samples) <= count:
        return list(samples)
    size = -(-2 * len(samples) // count)
    kept: list[Sample] = []
    for start in range(0, len(samples), size):
        part = samples[start : start + size]
        ends = {min(part, key=lambda s: s.value), max(part, key=lambda s: s.value)}
        kept += sorted(ends, key=lambda s: s.at)
    return kept


def _silences(mine: Sequence[Sample], window: timedelta, now: datetime) -> Iterator[Sample]:
    for sample, after in zip(mine, [*(one.at for one in mine[1:]), now], strict=True):
        yield Sample(sample.at, 0.0)
        if after - sample.at > window + SECOND:
            yield Sample(sample.at + window + SECOND, (window + SECOND).total_seconds())


def _standstills(mine: Sequence[Sample], band: float) -> Iterator[Sample]:
    held: Sample | None = None
    for sample in mine:
        if held is None or abs(sample.value - held.value) > band:
            held = sample
        yield Sample(sample.at, (sample.at - held.at).total_seconds())


def _windows(
    spec: RuleSpec, mine: Sequence[Sample], others: Sequence[Sample], now: datetime
) -> Iterator[Sample]:
    if not mine:
        return
    step = max(pace(spec.window), COARSEST_STEP)
    at = mine[0].at + spec.window
    spans = [_Span(mine), *([_Span(others)] if spec.two else [])]
    while at <= now:
        values = [aggregated(span.values(at - spec.window, at), spec.aggregate) for span in spans]
        if values[0] is not None and values[-1] is not None:
            yield Sample(at, values[0] - values[-1] if spec.two else values[0])
        at += step


class _Span:
    """The values within a window that only moves forward."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = samples
        self._first = self._end = 0

    def values(self, start: datetime, stop: datetime) -> list[float]:
        samples = self._samples
        while self._end < len(samples) and samples[self._end].at <= stop:
            self._end += 1
        while self._first < self._end and samples[self._first].at <= start:
            self._first += 1
        return [sample.value for sample in samples[self._first : self._end]]
