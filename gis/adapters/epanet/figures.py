"""What EPANET says of each kind of element, by our names: one table to read by and to write by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DIGITS = 13
"""Significant ones: two more than wntr writes, so that a figure goes out as it came in. With fewer, a valve
at the edge of closing may turn: in ky10 a millionth of a metre in a height moved a head by 0.7 m."""


def tidy(value: float) -> float:
    """Drop what converting units left in the last digits."""
    return float(f"{value:.{DIGITS}g}")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: our attribute, wntr's name, our unit over wntr's (SI), and the value that goes unsaid."""

    attribute: str
    theirs: str
    factor: float = 1.0
    unsaid: Any = None

    def read(self, values: Mapping[str, Any]) -> Any:
        """Return our value of what wntr holds; None where it is better left unsaid."""
        value = values.get(self.theirs)
        if value is None or value == self.unsaid or isinstance(value, bool | str):
            return None if value == self.unsaid else value
        return tidy(float(value) * self.factor)

    def write(self, attributes: Mapping[str, Any]) -> Any:
        """Return wntr's value of what we hold."""
        value = attributes.get(self.attribute)
        if value is None:
            return self.unsaid
        if isinstance(value, bool | str):
            return value
        return tidy(value / self.factor)


FIGURES: Mapping[str, tuple[Figure, ...]] = {
    "Junction": (
        Figure("emitter_m3_s", "emitter_coefficient"),
        Figure("minimum_pressure_m", "minimum_pressure"),
        Figure("required_pressure_m", "required_pressure"),
        Figure("pressure_exponent", "pressure_exponent"),
    ),
    "Tank": (
        Figure("diameter_m", "diameter"),
        Figure("min_level_m", "min_level"),
        Figure("max_level_m", "max_level"),
        Figure("initial_level_m", "init_level"),
        Figure("min_volume_m3", "min_vol", unsaid=0.0),
        Figure("volume_curve", "vol_curve_name"),
        Figure("overflow", "overflow", unsaid=False),
    ),
    "Reservoir": (Figure("head_pattern", "head_pattern_name"),),
    "Pipe": (
        Figure("roughness", "roughness"),
        Figure("minor_loss", "minor_loss", unsaid=0.0),
        Figure("check_valve", "check_valve", unsaid=False),
    ),
    "Pump": (
        Figure("curve", "pump_curve_name"),
        Figure("power_kw", "power", factor=0.001),
        Figure("speed", "base_speed", unsaid=1.0),
        Figure("speed_pattern", "speed_pattern_name"),
        Figure("setting", "initial_setting"),
        Figure("efficiency_curve", "efficiency_curve_name"),
    ),
    "Valve": (
        Figure("type", "valve_type"),
        Figure("setting", "initial_setting"),
        Figure("minor_loss", "minor_loss", unsaid=0.0),
        Figure("headloss_curve", "headloss_curve_name"),
    ),
}


def read_figures(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return our attributes of an element of wntr's kind."""
    read = ((figure.attribute, figure.read(values)) for figure in FIGURES[kind])
    return {name: value for name, value in read if value is not None}


def write_figures(kind: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what wntr is told of an element; what we do not know is left to its defaults."""
    told = ((figure.theirs, figure.write(attributes)) for figure in FIGURES[kind])
    return {name: value for name, value in told if value is not None}
