"""What hardly moves is kept when it does, and at each heartbeat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from telemetry.domain.deadband import Deadband, report_changes

START = datetime(2026, 5, 4, tzinfo=UTC)


class Sample(NamedTuple):
    sensor_id: int
    at: datetime
    value: float | None
    quality: int = 192
    reason: str = ""


def samples(*values: float | None) -> list[Sample]:
    return [
        Sample(1, START + timedelta(seconds=n), value, 0 if value is None else 192)
        for n, value in enumerate(values)
    ]


def kept(*values: float | None, width: float = 1, heartbeat_s: float = 100) -> list[int]:
    found, _ = report_changes(samples(*values), {1: Deadband(width, heartbeat_s)}, {})
    return [int((row.at - START).total_seconds()) for row in found]


def test_a_value_within_the_deadband_is_left_out_and_a_step_stays_a_step() -> None:
    assert kept(5, 5.5, 5.9, 4.1, 9, 9) == [0, 3, 4]


def test_a_heartbeat_keeps_what_does_not_change() -> None:
    assert kept(*[5.0] * 31, heartbeat_s=10) == [0, 10, 20, 30]


def test_a_change_of_quality_is_a_change() -> None:
    assert kept(5, 5, None, None, 5) == [0, 1, 2, 3, 4]


def test_a_sensor_without_a_deadband_keeps_everything() -> None:
    rows = samples(5, 5, 5)
    assert report_changes(rows, {}, {}) == (rows, {})


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=60), st.integers(1, 59))
def test_whatever_is_left_out_lies_within_the_deadband_of_what_was_kept_before(
    values: list[float], cut: int
) -> None:
    rows, deadbands = samples(*values), {1: Deadband(2.0, 1000.0)}
    first, memory = report_changes(rows[:cut], deadbands, {})
    second, _ = report_changes(rows[cut:], deadbands, memory)
    found = first + second
    assert found == report_changes(rows, deadbands, {})[0]
    for row in rows:
        last = [one for one in found if one.at <= row.at][-1]
        assert abs((row.value or 0) - (last.value or 0)) <= 2.0
