from __future__ import annotations

from datetime import UTC, datetime, timedelta

from telemetry.domain.alarm_groups import Tie, may_belong, takes

T0 = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_group_takes_what_rises_within_five_minutes_of_its_last_for_half_an_hour() -> None:
    assert takes(opened_at=T0, last_at=T0, raised_at=T0 + 5 * MINUTE)
    assert not takes(opened_at=T0, last_at=T0, raised_at=T0 + 6 * MINUTE)
    assert takes(opened_at=T0, last_at=T0 + 28 * MINUTE, raised_at=T0 + 30 * MINUTE)
    assert not takes(opened_at=T0, last_at=T0 + 28 * MINUTE, raised_at=T0 + 31 * MINUTE)


def test_silence_is_no_consequence_of_a_burst() -> None:
    assert may_belong("low", "high")
    assert may_belong("no_update", "no_change")
    assert not may_belong("low", "no_update")


def test_what_is_kept_of_a_tie_tells_of_what_and_how_far() -> None:
    assert Tie("near", "p1", 120.4).stored() == {"why": "near", "name": "p1", "distance_m": 120}
    assert Tie("same_zone", "dma-a").stored() == {"why": "same_zone", "name": "dma-a"}
