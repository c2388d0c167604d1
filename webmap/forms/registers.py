"""The register map of a Modbus family, as rows of a form: laid over what is kept, moved, added, taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy, pgettext_lazy

from telemetry.domain.device_reader import RowError
from telemetry.domain.register_guesses import ORDER_NAMES
from telemetry.domain.registers import BIT_TABLES

MOST_ROWS = 500
ROWS_TO_FILL = 2
RHYTHM = ("interval_s", "timeout_s", "max_gap")
_ORDERS = {name: order for order, name in ORDER_NAMES.items()}
_DEFAULTS: dict[str, Any] = {"word_order": "big", "byte_order": "big", "scale": 1, "offset": 0}
_MOVE = re.compile(r"(up|down|remove|order)-(\d{1,4})(?:-([A-D]{4}))?")
_ROW = re.compile(r"sensors\.(\d+)\.?(.*)")
_IN_WORDS = {
    "Input should be a valid integer": gettext_lazy("a whole number is needed"),
    "Input should be a valid number": gettext_lazy("a number is needed"),
    "Input should be a finite number": gettext_lazy("a number is needed"),
    "Input should be greater than or equal to 0": gettext_lazy("from 0 to 65535"),
    "Input should be less than 65536": gettext_lazy("from 0 to 65535"),
    "Value error, the value ends beyond": gettext_lazy("the value ends beyond the last address"),
    "Value error, two sensors": gettext_lazy("two sensors have the same key"),
    "String should match": gettext_lazy("letters, digits, hyphens and underscores, 64 at most"),
    "String should have at least": gettext_lazy("is missing"),
    "Input should be '": gettext_lazy("choose one"),
}
_COLUMN_NAMES = {
    "key": gettext_lazy("Sensor"),
    "quantity": gettext_lazy("Quantity"),
    "unit": gettext_lazy("Unit"),
    "table": pgettext_lazy("modbus", "Table"),
    "address": pgettext_lazy("register", "Address"),
    "type": gettext_lazy("Type"),
    "scale": pgettext_lazy("factor", "Scale"),
    "offset": gettext_lazy("Offset"),
}


@dataclass(slots=True)
class RegisterRow:
    """One value of the map as someone writes it; `was` is the key it is kept under."""

    key: str = ""
    quantity: str = ""
    unit: str = ""
    table: str = "holding"
    address: str = ""
    type: str = "uint16"
    order: str = "ABCD"
    scale: str = "1"
    offset: str = "0"
    was: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        """Tell whether nobody wrote anything into it."""
        return not (self.key or self.address or self.unit or self.was)

    @property
    def is_bit(self) -> bool:
        """Tell whether it lies where there are bits, which have neither type nor order."""
        return self.table in BIT_TABLES


_COLUMNS = tuple(column.name for column in fields(RegisterRow) if column.name != "errors")


def rows_of(sensors: Iterable[Any], errors: Iterable[RowError] = ()) -> list[RegisterRow]:
    """Return the map as rows, each with what is wrong in it."""
    rows = [_row(sensor) for sensor in sensors if isinstance(sensor, dict)]
    for error in errors:
        number, place = row_of_error(error)
        if number is not None and number < len(rows):
            rows[number].errors.append(_of_column(place, error))
    return rows


def told(error: RowError, sensors: Sequence[Any]) -> str:
    """Say what is wrong with a map; where it is in a row, by the number and key of the row."""
    number, place = row_of_error(error)
    if number is None:
        return in_words(error)
    sensor = sensors[number] if number < len(sensors) else {}
    # A key is read from the left in either script.
    return f"{number + 1}. \u2066{sensor.get('key', '')}\u2069 {_of_column(place, error)}"


def _of_column(place: str, error: RowError) -> str:
    name = _COLUMN_NAMES.get(place, place)
    return f"{name}: {in_words(error)}" if name else in_words(error)


def row_of_error(error: RowError) -> tuple[int | None, str]:
    """Return the row in which something is wrong, and the last part of its name; None for the whole."""
    found = _ROW.search(error.where.partition(": ")[2])
    return (int(found[1]), found[2].rpartition(".")[2]) if found else (None, "")


def in_words(error: RowError) -> str:
    """Say what is wrong in the reader's language, where it is one of the usual mistakes."""
    told = (str(words) for start, words in _IN_WORDS.items() if error.reason.startswith(start))
    return next(told, error.reason)


def map_from(sent: QueryDict, kept: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the sensors of a family as the form has them; what it does not show stays as it is kept."""
    columns = {name: sent.getlist(name)[:MOST_ROWS] for name in _COLUMNS}
    count = min(map(len, columns.values()))
    rows = [RegisterRow() for _ in range(count)]
    for number, row in enumerate(rows):
        for name, texts in columns.items():
            setattr(row, name, texts[number].strip())
    before = {one["key"]: one for one in kept if isinstance(one, dict) and "key" in one}
    return [
        _sensor(row, before.get(row.was, {}))
        for row in _moved(rows, sent.get("action", ""))
        if not row.is_blank
    ]


def is_move(action: str) -> bool:
    """Tell whether an action changes rows of the form, and nothing else."""
    return action == "add" or _MOVE.fullmatch(action) is not None


def rhythm_from(sent: QueryDict, kept: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return how often and how devices of the family are asked; an empty field leaves the default."""
    said = {name: value for name, value in (kept or {}).items() if name not in RHYTHM}
    written = {name: sent.get(name, "").strip() for name in RHYTHM}
    return said | {name: _number(text) for name, text in written.items() if text}


def _moved(rows: list[RegisterRow], action: str) -> list[RegisterRow]:
    found = _MOVE.fullmatch(action)
    number = int(found[2]) if found else -1
    if found is None or not 0 <= number < len(rows):
        return rows
    if found[1] == "remove":
        return rows[:number] + rows[number + 1 :]
    if found[1] == "order":
        rows[number].order = found[3] or rows[number].order
        return rows
    other = number + (1 if found[1] == "down" else -1)
    if 0 <= other < len(rows) and not rows[other].is_blank:
        rows[number], rows[other] = rows[other], rows[number]
    return rows


def _row(sensor: Mapping[str, Any]) -> RegisterRow:
    register = sensor.get("modbus")
    register = register if isinstance(register, dict) else {}
    orders: Any = register.get("word_order", "big"), register.get("byte_order", "big")
    return RegisterRow(
        key=str(sensor.get("key", "")),
        quantity=str(sensor.get("quantity", "")),
        unit=str(sensor.get("unit", "")),
        table=str(register.get("table", "holding")),
        address=str(register.get("address", "")),
        type=str(register.get("type", "uint16")),
        order=ORDER_NAMES.get(orders, "ABCD"),
        scale=_text(register.get("scale", 1)),
        offset=_text(register.get("offset", 0)),
        was=str(sensor.get("key", "")),
    )


def _sensor(row: RegisterRow, kept: Mapping[str, Any]) -> dict[str, Any]:
    before = kept.get("modbus")
    word_order, byte_order = _ORDERS.get(row.order, ("big", "big"))
    register = (before if isinstance(before, dict) else {}) | {
        "table": row.table,
        "address": int(row.address) if row.address.isdecimal() else row.address,
        "type": "bool" if row.is_bit else row.type,
        "word_order": word_order,
        "byte_order": byte_order,
        "scale": _number(row.scale or "1"),
        "offset": _number(row.offset or "0"),
    }
    plain = {name: value for name, value in register.items() if _DEFAULTS.get(name) != value}
    return dict(kept) | {"key": row.key, "quantity": row.quantity, "unit": row.unit, "modbus": plain}


def _number(text: str) -> Any:
    """Return a number as people write it, with a comma or a point; the text itself where it is none."""
    try:
        value = float(text.replace(",", ".").replace("٫", "."))
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def _text(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, int | float) else str(value)
