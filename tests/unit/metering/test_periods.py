"""Local hours, days and months, and the year before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering.domain.periods import Bucket, day_edges, edges, week_before_a_year, year_before


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_local_day_begins_at_local_midnight() -> None:
    assert edges(at("2026-05-04T10:00+01:00"), at("2026-05-04T11:00+01:00"), Bucket.DAY) == [
        at("2026-05-03T23:00+00:00"),
        at("2026-05-04T23:00+00:00"),
    ]


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 2, 15), 25), (date(2026, 3, 22), 23), (date(2026, 5, 4), 24)]
)
def test_days_have_the_hours_the_clock_gives_them(day: date, hours: int) -> None:
    start, end = day_edges(day, day)
    assert (end - start) == timedelta(hours=hours)
    assert len(edges(start, end, Bucket.HOUR)) == hours + 1


def test_months_begin_on_local_midnight_of_their_first() -> None:
    found = edges(at("2026-01-20T00:00Z"), at("2026-03-01T00:00Z"), Bucket.MONTH)
    assert found == [at("2025-12-31T23:00Z"), at("2026-01-31T23:00Z"), at("2026-03-01T00:00Z")]


@given(
    st.integers(0, 10 * 366 * 24 * 60).map(
        lambda minutes: at("2020-01-01T00:00Z") + timedelta(minutes=minutes)
    ),
    st.integers(1, 500),
    st.sampled_from(Bucket),
)
def test_periods_cover_the_range_without_gap_or_overlap(start: datetime, hours: int, bucket: Bucket) -> None:
    end = start + timedelta(hours=hours)
    found = edges(start, end, bucket)
    assert found[0] <= start
    assert found[-2] < end <= found[-1]
    assert found == sorted(set(found))


def test_a_week_is_compared_with_the_same_iso_week() -> None:
    assert week_before_a_year(date(2026, 5, 4)) == date(2025, 5, 5)
    assert week_before_a_year(date(2026, 12, 28)) == date(2025, 12, 22), "week 53 has no twin in 2025"


def test_days_are_compared_weekday_by_weekday_and_months_by_name() -> None:
    assert year_before(date(2026, 5, 4), Bucket.DAY).weekday() == date(2026, 5, 4).weekday()
    assert year_before(date(2026, 5, 1), Bucket.MONTH) == date(2025, 5, 1)
