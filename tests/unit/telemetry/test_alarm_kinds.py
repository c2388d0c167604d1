"""Every kind of rule comes down to one measure that meets one limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.domain.alarm_kinds import (
    Kind,
    RuleSpec,
    aggregated,
    differences,
    faults,
    greatest_changes,
    pace,
    unchanged_since,
)
from telemetry.domain.alarms import Sample

T0 = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minutes: float, value: float) -> Sample:
    return Sample(T0 + minutes * MINUTE, value)


def test_very_high_and_very_low_are_limits_like_the_others() -> None:
    assert RuleSpec("very_high", 40, deadband=2).watched.is_beyond(40.1)
    assert RuleSpec("very_low", 10, deadband=2).watched.is_back(12)


def test_a_calm_level_is_told_by_its_value_alone() -> None:
    assert RuleSpec("high", 40).telling == (-inf, 40)
    assert RuleSpec("low", 10).telling == (10, inf)


def test_a_fast_change_and_a_difference_always_want_a_look_and_what_is_ticked_never() -> None:
    for kind in ("rate", "discrepancy"):
        assert RuleSpec(kind, 1).telling == (inf, -inf)
    for kind in ("no_change", "no_update", "expression"):
        assert RuleSpec(kind, 1).telling == (-inf, inf)


def test_the_change_is_the_greatest_within_the_window() -> None:
    new = [at(0, 100), at(4, 90), at(8, 95), at(20, 95)]
    found = [sample.value for sample in greatest_changes([], new, 10 * MINUTE)]
    assert found == [0, 10, 5, 0]


def test_what_came_before_the_batch_counts_within_the_window() -> None:
    found = list(greatest_changes([at(-5, 120), at(-1, 100)], [at(0, 100), at(5, 100)], 4 * MINUTE))
    assert [sample.value for sample in found] == [0, 0]
    assert next(greatest_changes([at(-3, 120)], [at(0, 100)], 4 * MINUTE)).value == 20


SERIES = st.lists(st.tuples(st.integers(1, 9), st.floats(-100, 100)), min_size=1, max_size=30)


@given(SERIES, st.integers(0, 30), st.integers(1, 40))
def test_the_change_does_not_depend_on_how_readings_fall_into_batches(
    steps: list[tuple[int, float]], cut: int, window: int
) -> None:
    minute, samples = 0, []
    for step, value in steps:
        minute += step
        samples.append(at(minute, value))
    whole = list(greatest_changes([], samples, window * MINUTE))
    parts = [
        *greatest_changes([], samples[:cut], window * MINUTE),
        *greatest_changes(samples[:cut], samples[cut:], window * MINUTE),
    ]
    assert parts == whole


def test_two_sensors_are_compared_whenever_one_of_them_speaks() -> None:
    mine, others = [at(0, 10), at(2, 30)], [at(1, 12)]
    found = list(differences(mine, others, last_mine=None, last_other=None))
    assert found == [at(1, 2), at(2, 18)]


def test_an_old_value_is_not_compared() -> None:
    assert list(differences([at(60, 10)], [], last_mine=None, last_other=at(0, 99))) == []
    assert list(differences([at(10, 10)], [], last_mine=None, last_other=at(0, 99))) == [at(10, 89)]


def test_unchanged_means_within_the_band_of_the_newest() -> None:
    samples = [at(0, 5), at(1, 7), at(2, 7.2), at(3, 7.1)]
    assert unchanged_since(samples, 0.3) == T0 + MINUTE
    assert unchanged_since(samples, 0) == T0 + 3 * MINUTE
    assert unchanged_since([], 0) is None


def test_a_window_gives_one_number_or_none() -> None:
    values = [1.0, 4.0, 1.0]
    taken = {name: aggregated(values, name) for name in ("mean", "min", "max", "sum", "count", "last")}
    assert taken == {"mean": 2, "min": 1, "max": 4, "sum": 6, "count": 3, "last": 1}
    assert aggregated([], "mean") is None
    assert aggregated([], "count") == 0


def test_an_expression_is_looked_at_every_5_to_60_seconds() -> None:
    assert pace(MINUTE) == timedelta(seconds=5)
    assert pace(15 * MINUTE) == timedelta(seconds=30)
    assert pace(timedelta(days=1)) == timedelta(seconds=60)


def test_an_expression_is_abnormal_on_the_side_it_says() -> None:
    assert RuleSpec("expression", 10, op="lt", aggregate="mean").watched.is_beyond(9)
    assert RuleSpec("expression", 10, op="gt", aggregate="mean").watched.is_beyond(11)


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        (RuleSpec("rate", 5), "window_s"),
        (RuleSpec("no_update", window=timedelta(days=8)), "window_s"),
        (RuleSpec("rate", 0, window=MINUTE), "limit"),
        (RuleSpec("no_change", -1, window=MINUTE), "limit"),
        (RuleSpec("discrepancy", 5), "other"),
        (RuleSpec("high", 5, two=True), "other"),
        (RuleSpec("expression", 5, window=MINUTE), "aggregate"),
        (RuleSpec("high", 5, aggregate="mean"), "aggregate"),
    ],
)
def test_numbers_that_do_not_hang_together_are_named(spec: RuleSpec, field: str) -> None:
    assert field in faults(spec)


def test_sound_rules_have_no_fault() -> None:
    assert not faults(RuleSpec("high", 5))
    assert not faults(RuleSpec(Kind.DISCREPANCY, 5, two=True))
    assert not faults(RuleSpec(Kind.EXPRESSION, 5, window=MINUTE, aggregate="mean", two=True))
