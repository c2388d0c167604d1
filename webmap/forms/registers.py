"""The register map of a Modbus family: what its rows hold, and how often its devices are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from telemetry.domain.register_guesses import ORDER_NAMES
from telemetry.domain.registers import BIT_TABLES, TYPES
from webmap.forms.columns import Column
from webmap.forms.sensor_rows import DETAILS, KEY, QUANTITY, UNIT, Shape

TABLE_NAMES = {
    "holding": _("Holding registers (4x)"),
    "input": _("Input registers (3x)"),
    "coil": _("Coils (0x)"),
    "discrete": _("Discrete inputs (1x)"),
}
ORDERS = tuple(ORDER_NAMES.values())
_ORDERS = {name: order for order, name in ORDER_NAMES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderColumn(Column):
    """The order of words and bytes, which are two of a register."""

    def text_of(self, holder: Mapping[str, Any]) -> str:
        """Write both as one: ABCD, CDAB, BADC, DCBA."""
        register = holder.get("modbus")
        register = register if isinstance(register, dict) else {}
        both: Any = register.get("word_order", "big"), register.get("byte_order", "big")
        return ORDER_NAMES.get(both, ORDERS[0])

    def lay(self, holder: dict[str, Any], text: str) -> None:
        """Set both."""
        for name, order in zip(("word_order", "byte_order"), _ORDERS.get(text, ("big", "big")), strict=True):
            Column(name=name, label="", path=("modbus", name), usual="big").lay(holder, order)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeColumn(Column):
    """The type of a value, which is a bit where there are only bits."""

    def lay(self, holder: dict[str, Any], text: str) -> None:
        """Set the type that the table allows."""
        is_bit = holder.get("modbus", {}).get("table") in BIT_TABLES
        Column.lay(self, holder, "bool" if is_bit else text)


def _faults(texts: Mapping[str, str]) -> dict[str, str]:
    """Say what of a register would count for nothing."""
    found = {}
    if texts["table"] in BIT_TABLES:
        return {name: str(_("a coil or discrete input has none")) for name in ("bit", "mask") if texts[name]}
    if texts["bit"] and texts["type"] != "bool":
        found["bit"] = str(_("only of a bool: choose that type"))
    if texts["mask"] and not texts["type"].startswith(("uint", "int")):
        found["mask"] = str(_("only of a whole number type"))
    return found


MAP = Shape(
    seen=(
        KEY,
        QUANTITY,
        UNIT,
        Column(
            name="table", path=("modbus", "table"), label=pgettext_lazy("modbus", "Table"), always=True,
            usual="holding", choices=TABLE_NAMES.items,
        ),
        Column(
            name="address", path=("modbus", "address"), label=pgettext_lazy("register", "Address"),
            kind="whole", always=True, usual="", most=5, within=_("from 0 to 65535"), css="number",
        ),
        TypeColumn(
            name="type", path=("modbus", "type"), label=_("Type"), usual="uint16",
            choices=lambda: [(kind, kind) for kind in sorted(TYPES, key=lambda kind: kind == "bool")],
        ),
        OrderColumn(
            name="order", label=pgettext_lazy("bytes", "Order"),
            choices=lambda: [(order, order) for order in ORDERS],
        ),
        Column(
            name="scale", path=("modbus", "scale"), label=pgettext_lazy("factor", "Scale"), kind="number",
            usual=1, most=20, css="number",
        ),
        Column(
            name="offset", path=("modbus", "offset"), label=_("Offset"), kind="number", usual=0, most=20,
            css="number",
        ),
    ),
    under=(
        Column(
            name="bit", path=("modbus", "bit"), label=_("Bit"), kind="whole", most=2, only="word",
            within=_("from 0 to 15"), hint=_("of a bool: 0 is the lowest"),
        ),
        Column(
            name="mask", path=("modbus", "mask"), label=_("Mask"), kind="bits", most=20, only="word",
            within=_("from 1 to 64 bits"), hint=_("such as 0x0FF0; shifted to its lowest bit"),
        ),
        Column(
            name="sentinels", path=("modbus", "sentinels"), label=_("Words for no value"), kind="numbers",
            usual=(), most=200, hint=_("raw values, such as 65535, -32768"), only="word",
        ),
        *DETAILS,
    ),
    faults=_faults,
)  # fmt: skip

RHYTHM = (
    Column(
        name="interval_s", path=("modbus", "interval_s"), label=_("Asked every (s)"), kind="number", most=8,
        hint=_("5 where nothing is said"),
    ),
    Column(
        name="timeout_s", path=("modbus", "timeout_s"), label=_("Waits for an answer (s)"), kind="number",
        most=8, hint=_("1 where nothing is said; 30 at most"),
    ),
    Column(
        name="max_gap", path=("modbus", "max_gap"), label=_("Reads over holes of (registers)"), kind="number",
        most=3, hint=_("8 where nothing is said; 100 at most"),
    ),
)  # fmt: skip
