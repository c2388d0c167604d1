"""Units convert within their quantity, whatever their spelling, and never across."""

from __future__ import annotations

import pytest

from telemetry.domain.units import canonical, conversion


@pytest.mark.parametrize(
    ("value", "source", "target", "wanted"),
    [
        (1, "bar", "kPa", 100),
        (10, "mCE", "kPa", 98.0665),
        (3.6, "m³/h", "L/s", 1),
        (1, "l/s", "m3/h", 3.6),
        (250, "cm", "m", 2.5),
        (1500, "Wh", "kWh", 1.5),
        (212, "°F", "°C", 100),
        (0, "°C", "K", 273.15),
        (50, "%", "1", 0.5),
        (7, "state", "state", 7),
    ],
)
def test_a_value_keeps_its_meaning_in_another_unit(
    value: float, source: str, target: str, wanted: float
) -> None:
    way = conversion(source, target)
    assert way is not None
    assert value * way[0] + way[1] == pytest.approx(wanted)


@pytest.mark.parametrize(("source", "target"), [("bar", "L/s"), ("furlong", "m"), ("m", "°C"), ("kW", "kWh")])
def test_other_quantities_and_unknown_units_are_not_converted(source: str, target: str) -> None:
    assert conversion(source, target) is None


def test_spellings_have_one_name() -> None:
    assert [canonical(unit) for unit in ("m³/h", " l/s ", "degC", "parsec")] == ["m3/h", "L/s", "°C", None]
