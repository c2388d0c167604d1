"""Units that devices send, and the way from one to another of the same quantity."""

from __future__ import annotations

from functools import lru_cache

_QUANTITIES: dict[str, dict[str, float]] = {
    "pressure": {
        "Pa": 1, "hPa": 100, "mbar": 100, "kPa": 1e3, "bar": 1e5, "MPa": 1e6, "psi": 6894.757293168,
        "mH2O": 9806.65, "mCE": 9806.65, "cmH2O": 98.0665, "atm": 101_325,
    },
    "flow": {
        "m3/s": 1, "L/s": 1e-3, "L/min": 1e-3 / 60, "L/h": 1e-3 / 3600, "m3/h": 1 / 3600, "m3/min": 1 / 60,
        "m3/d": 1 / 86_400, "gal/min": 3.785411784e-3 / 60,
    },
    "length": {"m": 1, "mm": 1e-3, "cm": 1e-2, "km": 1e3, "in": 0.0254, "ft": 0.3048},
    "volume": {"m3": 1, "L": 1e-3, "dL": 1e-4, "hL": 0.1, "mL": 1e-6, "dm3": 1e-3, "gal": 3.785411784e-3},
    "energy": {"Wh": 1, "kWh": 1e3, "MWh": 1e6, "J": 1 / 3600, "kJ": 1 / 3.6, "MJ": 1e3 / 3.6},
    "power": {"W": 1, "kW": 1e3, "MW": 1e6, "hp": 745.6998715823},
    "reactive power": {"var": 1, "kvar": 1e3, "Mvar": 1e6},
    "apparent power": {"VA": 1, "kVA": 1e3, "MVA": 1e6},
    "voltage": {"V": 1, "mV": 1e-3, "kV": 1e3},
    "current": {"A": 1, "mA": 1e-3, "kA": 1e3},
    "frequency": {"Hz": 1, "kHz": 1e3, "rpm": 1 / 60},
    "time": {"s": 1, "ms": 1e-3, "min": 60, "h": 3600, "d": 86_400},
    "share": {"1": 1, "%": 0.01},
}  # fmt: skip
"""What one of each is in the first of its kind, exactly where the definition is exact (NIST SP 811)."""

_TEMPERATURES = {"K": (1.0, 0.0), "°C": (1.0, 273.15), "°F": (5 / 9, 459.67 * 5 / 9)}
_SPELLINGS = {
    "l": "L",
    "m³": "m3",
    "degC": "°C",
    "C": "°C",
    "degF": "°F",
    "F": "°F",
    "mWC": "mH2O",
    "mWS": "mH2O",
}
_KINDS = {name: kind for kind, units in _QUANTITIES.items() for name in units} | dict.fromkeys(
    _TEMPERATURES, "temperature"
)


@lru_cache(maxsize=1024)
def canonical(unit: str) -> str | None:
    """Return the name by which a unit is known here (`m³/h` is `m3/h`, `l/s` is `L/s`), or None."""
    text = unit.strip()
    name = _SPELLINGS.get(text) or "/".join(_SPELLINGS.get(part, part) for part in text.split("/"))
    return name if name in _KINDS else None


@lru_cache(maxsize=1024)
def conversion(source: str, target: str) -> tuple[float, float] | None:
    """Return (factor, offset) with `target = source * factor + offset`; None between different quantities.

    Two units of the same name convert into each other, also where the name is not known here.
    """
    if source == target:
        return 1.0, 0.0
    one, other = canonical(source), canonical(target)
    if one is None or other is None or _KINDS[one] != _KINDS[other]:
        return None
    if one in _TEMPERATURES:
        (factor, zero), (other_factor, other_zero) = _TEMPERATURES[one], _TEMPERATURES[other]
        return factor / other_factor, (zero - other_zero) / other_factor
    units = _QUANTITIES[_KINDS[one]]
    return units[one] / units[other], 0.0
