"""Three technicians around a leak, on shift or not.

Samira 1.1 km ──── leak ── 0.4 km Hassan        Karim at the leak, off shift
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from maintenance.domain.ranking import Candidate, haversine_m, rank

NOW = datetime(2025, 6, 2, 14, tzinfo=UTC)
LEAK = {"lon": -2.325, "lat": 34.928}
SAMIRA = Candidate(1, "Samira", True, NOW + timedelta(hours=4), 0, lon=-2.337, lat=34.928)
HASSAN = Candidate(2, "Hassan", True, NOW + timedelta(hours=4), 1, lon=-2.3206, lat=34.928)
KARIM = Candidate(3, "Karim", True, None, 0, **LEAK)


def names(*candidates: Candidate) -> list[str]:
    return [ranked.candidate.name for ranked in rank(candidates, at=NOW, **LEAK)]


def test_the_nearest_on_shift_comes_first_and_who_is_off_shift_not_at_all() -> None:
    assert names(SAMIRA, KARIM, HASSAN) == ["Hassan", "Samira"]


def test_who_lacks_the_skill_is_left_out() -> None:
    assert names(SAMIRA, replace(HASSAN, has_skill=False)) == ["Samira"]


def test_a_shift_that_just_ended_does_not_count() -> None:
    assert names(replace(SAMIRA, on_shift_until=NOW)) == []


def test_in_the_same_street_the_less_busy_one_goes() -> None:
    beside = replace(SAMIRA, lon=HASSAN.lon, lat=HASSAN.lat)
    assert names(HASSAN, beside) == ["Samira", "Hassan"]


def test_someone_whose_place_is_unknown_comes_last() -> None:
    assert names(replace(HASSAN, lon=None, lat=None), SAMIRA) == ["Samira", "Hassan"]


def test_an_order_without_a_place_still_finds_people() -> None:
    assert [r.distance_m for r in rank([SAMIRA], at=NOW, lon=None, lat=None)] == [None]


def test_a_degree_of_latitude_is_111_km() -> None:
    assert haversine_m(0, 0, 0, 1) == pytest.approx(111_195, abs=1)
