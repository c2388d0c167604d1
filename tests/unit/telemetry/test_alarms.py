from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from telemetry.domain.alarms import Change, Condition, Limit, Sample, due_at, run, tick

T0 = datetime(2026, 3, 1, tzinfo=UTC)
LOW = Limit("low", 250, deadband=15, on_delay=timedelta(seconds=10), off_delay=timedelta(seconds=30))


def s(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def changes(
    limit: Limit, *points: tuple[float, float], until: float, start: Condition | None = None
) -> list[tuple[bool, float]]:
    samples = [Sample(s(at), value) for at, value in points]
    _, found = run(limit, start or Condition(), samples, now=s(until))
    return [(change.active, (change.at - T0).total_seconds()) for change in found]


def test_a_crossing_shorter_than_the_on_delay_is_no_alarm() -> None:
    assert changes(LOW, (0, 200), (9, 260), until=100) == []


def test_the_alarm_comes_when_the_delay_ends_though_no_reading_follows() -> None:
    assert changes(LOW, (0, 200), until=9.9) == []
    assert changes(LOW, (0, 200), until=10) == [(True, 10)]


def test_the_delay_counts_from_the_first_abnormal_value() -> None:
    assert changes(LOW, (0, 200), (4, 190), (8, 240), until=10) == [(True, 10)]


def test_inside_the_deadband_an_alarm_stays() -> None:
    assert changes(LOW, (0, 200), (20, 260), until=600) == [(True, 10)]


def test_beyond_the_deadband_it_clears_after_the_off_delay() -> None:
    assert changes(LOW, (0, 200), (20, 265), until=600) == [(True, 10), (False, 50)]


def test_a_value_back_in_the_deadband_stops_the_off_delay() -> None:
    assert changes(LOW, (0, 200), (20, 270), (40, 255), (60, 270), until=80) == [(True, 10)]


def test_a_delay_that_ended_between_two_late_readings_counts() -> None:
    assert changes(LOW, (0, 200), (60, 300), until=61) == [(True, 10)]


def test_a_high_limit_mirrors_a_low_one() -> None:
    high = Limit("high", 38, deadband=2)
    assert changes(high, (0, 38), (1, 38.1), (2, 36.5), (3, 36), until=3) == [(True, 1), (False, 3)]


def test_a_running_delay_survives_being_stored_and_read_back() -> None:
    stored = Condition(active=False, pending_since=s(0), value=200)
    assert due_at(LOW, stored) == s(10)
    assert tick(LOW, stored, s(30)) == (Condition(True, None, 200), Change(True, s(10), 200))


LIMITS = st.builds(
    Limit,
    st.sampled_from(["high", "low"]),
    st.just(50.0),
    st.floats(0, 10),
    st.integers(0, 20).map(lambda n: timedelta(seconds=n)),
    st.integers(0, 20).map(lambda n: timedelta(seconds=n)),
)
SERIES = st.lists(st.tuples(st.integers(1, 15), st.floats(0, 100)), max_size=40)


def series(steps: list[tuple[int, float]]) -> list[Sample]:
    at, samples = 0, []
    for step, value in steps:
        at += step
        samples.append(Sample(s(at), value))
    return samples


@given(LIMITS, SERIES)
def test_changes_alternate_and_go_forward_in_time(limit: Limit, steps: list[tuple[int, float]]) -> None:
    _, found = run(limit, Condition(), series(steps), now=s(10_000))
    assert [change.active for change in found] == [n % 2 == 0 for n in range(len(found))]
    assert [change.at for change in found] == sorted(change.at for change in found)


@given(LIMITS, SERIES, st.integers(0, 40))
def test_a_restart_between_any_two_samples_changes_nothing(
    limit: Limit, steps: list[tuple[int, float]], cut: int
) -> None:
    samples = series(steps)
    end = s(10_000)
    whole = run(limit, Condition(), samples, now=end)
    half, first = run(
        limit, Condition(), samples[:cut], now=samples[cut - 1].at if 0 < cut <= len(samples) else T0
    )
    rest, second = run(limit, half, samples[cut:], now=end)
    assert (rest, [*first, *second]) == whole


@given(LIMITS, SERIES)
def test_without_a_value_beyond_the_limit_nothing_is_raised(
    limit: Limit, steps: list[tuple[int, float]]
) -> None:
    calm = [sample for sample in series(steps) if not limit.is_beyond(sample.value)]
    assert run(limit, Condition(), calm, now=s(10_000))[1] == []
