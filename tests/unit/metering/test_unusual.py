"""When a week is unusual."""

from __future__ import annotations

from decimal import Decimal

from metering.domain.unusual import Span, ratio


def span(volume: str, days: int = 7, measured: int | None = None) -> Span:
    return Span(Decimal(volume), days, days if measured is None else measured)


def test_three_times_last_years_week_is_unusual() -> None:
    assert ratio(span("18"), span("6", measured=0), "water") == Decimal("3.0")


def test_a_little_more_than_last_year_is_not() -> None:
    assert ratio(span("9"), span("6"), "water") is None


def test_twice_next_to_nothing_is_not() -> None:
    assert ratio(span("0.6"), span("0.2"), "water") is None


def test_a_week_that_was_only_spread_from_a_month_is_not_judged() -> None:
    assert ratio(span("18", measured=0), span("6"), "water") is None


def test_nothing_is_said_without_a_year_before() -> None:
    assert ratio(span("18"), span("0", days=0), "water") is None
    assert ratio(span("18"), span("0"), "water") is None


def test_two_days_are_too_few() -> None:
    assert ratio(span("10", days=2), span("2", days=2), "water") is None


def test_as_many_days_are_compared_on_both_sides() -> None:
    assert ratio(span("18"), span("6", days=5), "water") is None
