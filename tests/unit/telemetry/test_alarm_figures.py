from __future__ import annotations

from datetime import UTC, datetime, timedelta

from telemetry.domain.alarm_figures import (
    Raised,
    chattering,
    floods,
    most_frequent,
    rates,
    shares,
    ten_minutes,
    waits,
)

T0 = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def minutes(*values: float) -> list[datetime]:
    return [T0 + value * MINUTE for value in values]


def raised(rule: int, *at: float, priority: int = 2) -> list[Raised]:
    return [Raised(time, rule, priority) for time in minutes(*at)]


def test_rates_are_for_one_operator_and_count_quiet_hours() -> None:
    times = [*minutes(*range(40)), T0 + 2 * HOUR]
    alone = rates(times, start=T0, end=T0 + 4 * HOUR, operators=1)
    assert (alone.mean, alone.worst) == (41 / 4, 40)
    assert (alone.acceptable_share, alone.deficient_share) == (0.75, 0.25)
    assert rates(times, start=T0, end=T0 + 4 * HOUR, operators=2).deficient_share == 0


def test_ten_minutes_with_more_than_ten_are_counted_among_all_of_them() -> None:
    times = minutes(*[n * 0.5 for n in range(12)], 35)
    found = ten_minutes(times, start=T0, end=T0 + HOUR, operators=1)
    assert (found.mean, found.worst, found.over_share) == (13 / 6, 12, 1 / 6)
    assert ten_minutes(times, start=T0, end=T0 + HOUR, operators=2).over_share == 0


def test_more_than_ten_in_ten_minutes_are_a_flood_and_ten_are_none() -> None:
    assert floods(minutes(*range(10))) == []
    (flood,) = floods(minutes(*[n * 0.5 for n in range(12)], 60))
    assert (flood.start, flood.count, flood.peak) == (T0, 12, 12)


def test_a_flood_goes_on_until_it_ebbs_and_two_are_told_apart() -> None:
    first = [n * 0.5 for n in range(15)] + [8, 10, 12, 14]
    second = [200 + n * 0.2 for n in range(11)]
    found = floods(minutes(*first, *second))
    assert [flood.count for flood in found] == [19, 11]


def test_three_rises_within_a_minute_are_chatter() -> None:
    found = chattering([*raised(1, 0, 0.3, 0.6), *raised(2, 0, 5, 10), *raised(3, 0, 0.5)])
    assert found == {1: 1}


def test_what_rises_most_comes_first() -> None:
    assert most_frequent([*raised(1, 0), *raised(2, 1, 2)]) == [(2, 2), (1, 1)]


def test_shares_are_of_all_that_rose() -> None:
    found = shares([*raised(1, 0, priority=1), *raised(1, 1, 2, 3, priority=4)])
    assert found == {1: 0.25, 2: 0, 3: 0, 4: 0.75}
    assert shares([]) == {1: 0, 2: 0, 3: 0, 4: 0}


def test_waits_are_summed_up_and_nothing_is_told_of_none() -> None:
    found = waits([10, 20, 30])
    assert (found.count, found.median_s, found.longest_s) == (3, 20, 30)
    assert found.p90_s is not None
    assert found.p90_s <= 30
    assert waits([]).median_s is None
    assert waits([5]).p90_s == 5
