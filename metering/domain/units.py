"""Units in which registers arrive, and the one in which each utility keeps them."""

from __future__ import annotations

from decimal import Decimal

STORED_UNIT = {"water": "m3", "electricity": "kWh", "sewerage": "m3"}
"""Unit of every stored register and figure of a utility."""

_FACTORS: dict[str, dict[str, Decimal]] = {
    "m3": {"m3": Decimal(1), "m³": Decimal(1), "l": Decimal("0.001"), "hl": Decimal("0.1")},
    "kWh": {"kwh": Decimal(1), "wh": Decimal("0.001"), "mwh": Decimal(1000)},
}


def factor_to_stored(unit: str, utility: str) -> Decimal | None:
    """Return the factor from `unit` to the stored one, or None when it is no unit of the utility.

    An empty unit is the stored one.
    """
    if not unit:
        return Decimal(1)
    return _FACTORS[STORED_UNIT[utility]].get(unit.strip().lower())
