"""Tell at which field of which row something is wrong, out of where the reader of device files found it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from telemetry.domain.device_reader import RowError
from webmap.forms.columns import Column, in_words, told_of
from webmap.forms.limits import LIMIT_COLUMNS
from webmap.forms.sensor_rows import SensorRow

_ROW = re.compile(r"sensors\.(\d+)\.?(.*)")
_VALUE = re.compile(r"mapping\.values\.(.+?)\.(.+)")
_READ_TWICE = "two sensors read "
_LIMIT = re.compile(r"alarms\.(\d+)\.?(.*)")


def blame(rows: Sequence[SensorRow], error: RowError) -> str:
    """Say at its row what is wrong, and return it for the whole: with the number and key of the row."""
    row, rest = _found(rows, error)
    if row is None:
        return plain(error)
    name, column = _field(row, rest, error.reason)
    words = in_words(error.reason, column.within if column else "")
    row.blame(name, words)
    return told(rows, row, column.label if column else rest, words)


def plain(error: RowError) -> str:
    """Say what is wrong by its place in a device file."""
    return f"{error.where.partition(': ')[2]}: {in_words(error.reason)}".removeprefix(": ")


def told(rows: Sequence[SensorRow], row: SensorRow, label: object, words: str) -> str:
    """Say what is wrong with a row, for a list above all of them."""
    number = 1 + next(n for n, one in enumerate(one for one in rows if not one.is_gone) if one is row)
    # A key is read from the left in either script.
    return f"{number}. \u2066{row.key}\u2069 {told_of(label, words)}"


def _found(rows: Sequence[SensorRow], error: RowError) -> tuple[SensorRow | None, str]:
    place = error.where.partition(": ")[2]
    if "two sensors have" in error.reason:
        keys = [row.key if row.counts else "" for row in rows]
        return next((row for n, row in enumerate(rows) if row.counts and row.key in keys[:n]), None), "key"
    if error.reason.startswith(_READ_TWICE):
        field = error.reason.removeprefix(_READ_TWICE).split(", ")[0]
        named = [row for row in rows if row.counts and field in (row.texts.get("metric"), row.key)]
        return (named[-1] if named else None), "sparkplug.metric"
    if found := _ROW.fullmatch(place):
        counted = [row for row in rows if row.counts]
        number = int(found[1])
        return (counted[number] if number < len(counted) else None), found[2]
    if found := _VALUE.fullmatch(place):
        return next((row for row in rows if row.key == found[1]), None), f"value.{found[2]}"
    return None, ""


def _field(row: SensorRow, rest: str, reason: str) -> tuple[str, Column | None]:
    """Return the name of the field, empty for the row itself, and its column."""
    if found := _LIMIT.fullmatch(rest):
        wanted, number = found[2] or "limit", int(found[1])
        counted = [n for n, limit in enumerate(row.limits) if not limit.get("gone")]
        of_limit = next((one for one in LIMIT_COLUMNS if one.place[0] == wanted), LIMIT_COLUMNS[0])
        return f"limit-{counted[number] if number < len(counted) else 0}-{of_limit.name}", of_limit
    if "ends beyond" in reason:
        rest = "modbus.address"
    column: Column | None
    if rest.startswith("states."):
        value = rest.split(".")[1]
        at = (c for c in row.shape.under if c.place[0] == "state_of" and value in row.texts[c.name])
        column = next(at, None)
    else:
        steps = tuple(rest.split("."))
        column = next((c for c in row.shape.columns if c.place == steps[: len(c.place)]), None)
    return (column.name, column) if column else ("", None)
