"""Registers cut into local days: the parts add up to the whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering.domain.apportion import Parts, Steps, apportion, steps_of_many
from metering.domain.periods import day_edges
from metering.domain.registers import MICRO, Reading, capacity, steps

RAMADAN_BEGINS = date(2026, 2, 15)
"""The clocks go back one hour in the night before: this local day has 25 hours."""
RAMADAN_ENDS = date(2026, 3, 22)
"""The clocks go forward again: this local day has 23 hours."""


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def seconds(days: list[datetime]) -> np.ndarray:
    return ints(*(int(at.timestamp()) for at in days))


def one_step(start: datetime, end: datetime, volume: int) -> Steps:
    return Steps(ints(7), ints(int(start.timestamp())), ints(int(end.timestamp())), ints(volume))


def test_a_steady_tap_runs_longer_on_a_day_of_25_hours_and_shorter_on_one_of_23() -> None:
    for day, hours in ((RAMADAN_BEGINS, 25), (RAMADAN_ENDS, 23), (date(2026, 5, 4), 24)):
        edges = day_edges(day, day)
        start, end = edges[0] - timedelta(days=3), edges[-1] + timedelta(days=3)
        total_hours = int((end - start).total_seconds()) // 3600
        parts = apportion(one_step(start, end, total_hours * MICRO), seconds(edges))
        assert parts.volume.tolist() == [hours * MICRO]
        assert parts.seconds.tolist() == [hours * 3600]


def test_a_month_read_once_is_spread_over_its_days_and_told_as_such() -> None:
    edges = day_edges(date(2026, 5, 1), date(2026, 5, 31))
    parts = apportion(one_step(edges[0], edges[-1], 31 * MICRO), seconds(edges))
    assert parts.volume.tolist() == [MICRO] * 31
    assert parts.apportioned.tolist() == [MICRO] * 31


def test_a_day_between_two_close_readings_is_measured() -> None:
    edges = day_edges(date(2026, 5, 1), date(2026, 5, 1))
    parts = apportion(
        one_step(edges[0] - timedelta(minutes=5), edges[0] + timedelta(minutes=10), 15), seconds(edges)
    )
    assert (parts.volume.tolist(), parts.seconds.tolist(), parts.apportioned.tolist()) == ([10], [600], [0])


def test_what_lies_outside_the_days_asked_for_is_left_out() -> None:
    edges = seconds(day_edges(date(2026, 5, 1), date(2026, 5, 1)))
    assert not len(apportion(Steps(ints(7), edges[-1:], edges[-1:] + 60, ints(5)), edges).meter)


readings_of_one = st.lists(
    st.tuples(st.integers(60, 40 * 86_400), st.integers(0, 400 * MICRO)), min_size=1, max_size=12
)
fleets = st.lists(readings_of_one, min_size=1, max_size=5)


def _columns(fleet: list[list[tuple[int, int]]], start: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = []
    for meter, advances in enumerate(fleet):
        at, value = start, 0
        for pause, volume in advances:
            rows.append((meter, at, value))
            at, value = at + pause, value + volume
        rows.append((meter, at, value))
    columns = np.array(rows, dtype=np.int64)
    return columns[:, 0], columns[:, 1], columns[:, 2]


@given(fleets, st.integers(0, 86_400))
def test_the_parts_of_every_meter_add_up_to_its_registers(
    fleet: list[list[tuple[int, int]]], offset: int
) -> None:
    first = day_edges(date(2026, 2, 1), date(2026, 2, 1))[0]
    meter, at, value = _columns(fleet, int(first.timestamp()) + offset)
    found = steps_of_many(meter, at, value, np.zeros_like(meter))
    last = datetime.fromtimestamp(int(at.max()), UTC).date() + timedelta(days=1)
    parts = apportion(found, seconds(day_edges(date(2026, 2, 1), last)))
    for one, advances in enumerate(fleet):
        mine = parts.meter == one
        assert int(parts.volume[mine].sum()) == sum(volume for _, volume in advances)
        assert int(parts.seconds[mine].sum()) == sum(pause for pause, _ in advances)
    assert (parts.volume >= 0).all()
    assert (parts.apportioned <= parts.volume).all()


@given(fleets, st.integers(1, 30))
def test_splitting_the_range_splits_the_sum(fleet: list[list[tuple[int, int]]], cut: int) -> None:
    edges = seconds(day_edges(date(2026, 2, 1), date(2026, 3, 31)))
    found = steps_of_many(
        *_columns(fleet, int(edges[0])), np.zeros(sum(map(len, fleet)) + len(fleet), dtype=np.int64)
    )
    whole = apportion(found, edges)
    parts = [apportion(found, edges[: cut + 1]), apportion(found, edges[cut:])]
    assert int(whole.volume.sum()) == sum(int(part.volume.sum()) for part in parts)


@given(
    st.lists(st.lists(st.integers(0, 100_000 * MICRO - 1), min_size=1, max_size=12), min_size=1, max_size=6)
)
def test_many_meters_at_once_follow_the_rules_of_one(registers: list[list[int]]) -> None:
    rows = [
        (meter, at * 60, value) for meter, values in enumerate(registers) for at, value in enumerate(values)
    ]
    columns = np.array(rows, dtype=np.int64)
    dial = np.full(len(rows), capacity(5), dtype=np.int64)
    found = steps_of_many(columns[:, 0], columns[:, 1], columns[:, 2], dial)
    expected = [
        (meter, step.start, step.end, step.volume)
        for meter, values in enumerate(registers)
        for step in steps([Reading(at * 60, value) for at, value in enumerate(values)], capacity(5))
    ]
    assert list(zip(found.meter, found.start, found.end, found.volume, strict=True)) == expected


@pytest.mark.parametrize("names", [("meter", "period", "volume", "seconds", "apportioned")])
def test_no_readings_give_no_parts(names: tuple[str, ...]) -> None:
    nothing = np.array([], dtype=np.int64)
    parts: Parts = apportion(Steps(nothing, nothing, nothing, nothing), ints(0, 86_400))
    assert [len(getattr(parts, name)) for name in names] == [0] * 5
