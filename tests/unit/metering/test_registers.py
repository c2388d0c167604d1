"""What two readings of a register say about what passed between them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from metering.domain.registers import (
    MICRO,
    Reading,
    Step,
    advance,
    capacity,
    from_micro,
    steps,
    to_micro,
)
from metering.domain.units import factor_to_stored

DIAL = capacity(5)


def test_a_register_that_rises_says_what_passed() -> None:
    assert advance(to_micro(Decimal("12.5")), to_micro(Decimal("20.25")), DIAL) == 7_750_000


def test_a_register_that_went_round_its_dial_says_what_passed() -> None:
    assert advance(99_998 * MICRO, 3 * MICRO, DIAL) == 5 * MICRO


@pytest.mark.parametrize(
    ("before", "after"),
    [(50_000, 49_000), (99_998, 20_000), (60_000, 3)],
    ids=["mid-dial", "too far", "too soon"],
)
def test_a_register_that_falls_elsewhere_went_back(before: int, after: int) -> None:
    assert advance(before * MICRO, after * MICRO, DIAL) is None


def test_a_register_without_a_known_dial_never_rolls_over() -> None:
    assert advance(99_998 * MICRO, 3 * MICRO, capacity(None)) is None


def _readings(*values: int) -> list[Reading]:
    return [Reading(at, value * MICRO) for at, value in enumerate(values)]


def test_one_reading_too_low_is_passed_over_and_nothing_is_counted_twice() -> None:
    assert steps(_readings(100, 90, 110), DIAL) == [Step(0, 2, 10 * MICRO)]


def test_a_register_that_starts_again_lower_is_counted_from_there_and_the_reset_stays_unknown() -> None:
    assert steps(_readings(50_000, 10, 12, 15), DIAL) == [Step(1, 2, 2 * MICRO), Step(2, 3, 3 * MICRO)]


def test_a_single_reading_says_nothing() -> None:
    assert steps(_readings(100), DIAL) == []


def test_micro_units_keep_six_decimals() -> None:
    assert from_micro(to_micro(Decimal("123456.654321"))) == Decimal("123456.654321")


@pytest.mark.parametrize(
    ("unit", "utility", "factor"),
    [
        ("", "water", Decimal(1)),
        ("m3", "water", Decimal(1)),
        ("m³", "water", Decimal(1)),
        ("L", "water", Decimal("0.001")),
        ("kWh", "electricity", Decimal(1)),
        ("MWh", "electricity", Decimal(1000)),
        ("kWh", "water", None),
        ("m3", "electricity", None),
        ("gallon", "water", None),
    ],
)
def test_units_are_those_of_the_utility(unit: str, utility: str, factor: Decimal | None) -> None:
    assert factor_to_stored(unit, utility) == factor
