"""A clock is told from messages that were sent at once, and only from them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from telemetry.domain.clocks import ABSURD, BEHIND, FUTURE, ClockTrack

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def live(track: ClockTrack, skew_s: float, count: int = 20, *, start: datetime = NOW) -> list[str]:
    """Send a message a minute that arrives within a second, from a clock that is off by `skew_s`."""
    dice = random.Random(1)
    found = []
    for n in range(count):
        received = start + timedelta(minutes=n)
        found.append(track.observe(received + timedelta(seconds=skew_s - dice.random()), received))
    return found


@pytest.mark.parametrize("skew_s", [0, 120, -120, -1800, 7200, -7200])
def test_the_skew_is_estimated_in_both_directions(skew_s: float) -> None:
    track = ClockTrack()
    live(track, skew_s)
    assert track.skew_s == pytest.approx(skew_s, abs=1)


def test_messages_that_waited_do_not_make_a_clock_slow() -> None:
    track = ClockTrack()
    sent = [NOW + timedelta(minutes=n) for n in range(200)]
    back = NOW + timedelta(minutes=200)
    reasons = {track.observe(at, back + timedelta(seconds=n)) for n, at in enumerate(sent)}
    assert (reasons, track.skew_s) == ({""}, None)


@pytest.mark.parametrize("hours", [2, 6])
def test_what_a_device_measured_every_second_and_kept_may_come_in_one_rush(hours: int) -> None:
    track = ClockTrack()
    sent = [NOW + timedelta(seconds=n) for n in range(hours * 3600)]
    back = NOW + timedelta(hours=hours + 1)
    reasons = {track.observe(at, back + timedelta(seconds=n / 500)) for n, at in enumerate(sent)}
    assert (reasons, track.skew_s) == ({""}, None)


def test_a_fast_device_whose_clock_stays_behind_is_not_believed_either() -> None:
    track = ClockTrack()
    received = [NOW + timedelta(seconds=n) for n in range(30)]
    found = [
        track.observe(at - timedelta(hours=2, seconds=0.2 * (n % 3)), at) for n, at in enumerate(received)
    ]
    assert set(found[10:]) == {BEHIND}


def test_a_time_ahead_is_not_believed_from_the_first_message_on() -> None:
    track = ClockTrack()
    assert live(track, 7200, 3) == [FUTURE] * 3
    assert track.observe(datetime(1970, 1, 1, tzinfo=UTC), NOW + timedelta(hours=1)) == ABSURD


def test_a_clock_that_stays_behind_is_not_believed_once_that_is_sure() -> None:
    found = live(ClockTrack(), -7200)
    assert found[:6] == [""] * 6
    assert set(found[8:]) == {BEHIND}


def test_a_sensor_that_stamps_the_start_of_its_day_is_not_behind() -> None:
    track = ClockTrack()
    days = [NOW + timedelta(days=n) for n in range(20)]
    assert {track.observe(day - timedelta(days=1), day, slowest_s=86_400) for day in days} == {""}


def test_a_clock_has_returned_after_three_messages_to_be_believed() -> None:
    track = ClockTrack()
    live(track, 7200, 5)
    assert not track.has_returned
    live(track, 0, 3, start=NOW + timedelta(minutes=5))
    assert track.has_returned


def test_what_is_read_again_after_an_outage_is_counted_once() -> None:
    track = ClockTrack()
    for _ in range(3):
        for n in (0, 1, 3, 2, 4):
            track.observe(NOW + timedelta(seconds=n), NOW + timedelta(seconds=10, milliseconds=n))
    assert track.out_of_order <= 1
