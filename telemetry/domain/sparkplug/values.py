"""Data types of Sparkplug, and numbers out of what the wire carries."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

from telemetry.domain.quality import Quality

MAX_MAGNITUDE = 1e15


class DataType(IntEnum):
    """The indexes of the specification; arrays are 22 to 34."""

    UNKNOWN = 0
    INT8 = 1
    INT16 = 2
    INT32 = 3
    INT64 = 4
    UINT8 = 5
    UINT16 = 6
    UINT32 = 7
    UINT64 = 8
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12
    DATETIME = 13
    TEXT = 14
    UUID = 15
    DATASET = 16
    BYTES = 17
    FILE = 18
    TEMPLATE = 19
    PROPERTY_SET = 20
    PROPERTY_SET_LIST = 21


FIRST_ARRAY, LAST_ARRAY = 22, 34
SIGNED_BITS = {DataType.INT8: 8, DataType.INT16: 16, DataType.INT32: 32, DataType.INT64: 64}
UNSIGNED_BITS = {DataType.UINT8: 8, DataType.UINT16: 16, DataType.UINT32: 32, DataType.UINT64: 64}
NUMBERS = frozenset({*SIGNED_BITS, *UNSIGNED_BITS, 9, 10, DataType.BOOLEAN, DataType.DATETIME})
_REFUSED = {
    DataType.DATASET: "dataset_not_stored",
    DataType.BYTES: "bytes_not_stored",
    DataType.FILE: "bytes_not_stored",
    DataType.PROPERTY_SET: "propertyset_not_stored",
    DataType.PROPERTY_SET_LIST: "propertyset_not_stored",
}

Wire = int | float | bool | str | None
"""What a metric carries; nothing for what is refused by its type."""


class Number(NamedTuple):
    """Hold a value ready to be stored: None says that there was no measurement, `reason` why."""

    value: float | None
    quality: int
    reason: str = ""


def type_name(datatype: int) -> str:
    """Return the name of a data type, for people."""
    if FIRST_ARRAY <= datatype <= LAST_ARRAY:
        return "Array"
    try:
        return DataType(datatype).name.replace("_", " ").title().replace(" ", "")
    except ValueError:
        return f"type {datatype}"


def refusal(datatype: int) -> str | None:
    """Return why values of a type are refused; None for numbers, and for text, which is only listed."""
    if FIRST_ARRAY <= datatype <= LAST_ARRAY:
        return "array_not_stored"
    return _REFUSED.get(DataType(datatype)) if datatype in _KNOWN else "unknown_type"


_KNOWN = frozenset(int(member) for member in DataType)


def number(raw: Wire, datatype: int, quality: int | None) -> Number:
    """Return the number of a metric: signed integers are two's complement, instants are seconds since 1970.

    Qualities are 0, 192 and 500; any other is told as uncertain, with the code.
    """
    told, why = _quality(quality)
    if raw is None or isinstance(raw, str):
        return Number(None, told if told in (Quality.BAD, Quality.STALE) else Quality.BAD, "no_measurement")
    value = float(_integer(int(raw), datatype)) if isinstance(raw, int) else raw
    if datatype == DataType.DATETIME:
        value /= 1000
    if not math.isfinite(value):
        return Number(None, Quality.BAD, "not_a_number")
    if abs(value) > MAX_MAGNITUDE:
        return Number(None, Quality.BAD, "too_large")
    return Number(value, told, why)


def _quality(code: int | None) -> tuple[int, str]:
    if code is None or code == Quality.GOOD:
        return Quality.GOOD, ""
    if code in (Quality.BAD, Quality.STALE):
        return code, "device_bad" if code == Quality.BAD else "device_stale"
    return Quality.UNCERTAIN, f"quality_{code}"


def _integer(raw: int, datatype: int) -> int:
    if bits := SIGNED_BITS.get(datatype):  # type: ignore[call-overload]
        value: int = raw & ((1 << bits) - 1)
        return value - (1 << bits) if value >> (bits - 1) else value
    return raw
