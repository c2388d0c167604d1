"""Turn raw Modbus words into values: numeric types, byte and word orders, scale, mask, sentinels."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from telemetry.domain.quality import Quality

Table = Literal["holding", "input", "coil", "discrete"]
Order = Literal["big", "little"]

TABLES: tuple[Table, ...] = ("holding", "input", "coil", "discrete")
BIT_TABLES = frozenset({"coil", "discrete"})
ORDERS: tuple[Order, ...] = ("big", "little")

# struct format and number of 16-bit words
_TYPES: dict[str, tuple[str, int]] = {
    "bool": ("H", 1),
    "uint16": ("H", 1),
    "int16": ("h", 1),
    "float16": ("e", 1),
    "bcd16": ("H", 1),
    "uint32": ("I", 2),
    "int32": ("i", 2),
    "float32": ("f", 2),
    "bcd32": ("I", 2),
    "uint64": ("Q", 4),
    "int64": ("q", 4),
    "float64": ("d", 4),
}
TYPES = tuple(_TYPES)
BCD = frozenset({"bcd16", "bcd32"})


class Decoded(NamedTuple):
    """Hold one measurement: `value` is None when the device said it had none."""

    value: float | None
    quality: Quality
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RegisterSpec:
    """Describe where a value lies in a device and how its words are read.

    `address` is the zero-based protocol address (4x00001 is 0). `word_order` big: most significant word
    first; `byte_order` little: the two bytes of each word are swapped. The value is raw * scale + offset.
    """

    table: Table
    address: int
    type: str = "uint16"
    word_order: Order = "big"
    byte_order: Order = "big"
    scale: float = 1.0
    offset: float = 0.0
    bit: int | None = None
    mask: int | None = None
    sentinels: tuple[float, ...] = ()

    @property
    def count(self) -> int:
        """Return the number of registers (or bits) the value covers."""
        return 1 if self.table in BIT_TABLES else _TYPES[self.type][1]

    @property
    def end(self) -> int:
        """Return the first address after the value."""
        return self.address + self.count


def decode(spec: RegisterSpec, words: Sequence[int]) -> Decoded:
    """Decode the `spec.count` raw words (or bits) of one value."""
    raw = _raw(spec, words)
    if raw is None:
        return Decoded(None, Quality.BAD, "not_bcd")
    if raw in spec.sentinels:
        return Decoded(None, Quality.BAD, "sentinel")
    if not math.isfinite(raw):
        return Decoded(None, Quality.BAD, "not_a_number")
    return Decoded(raw * spec.scale + spec.offset, Quality.GOOD)


def _raw(spec: RegisterSpec, words: Sequence[int]) -> float | None:
    if spec.table in BIT_TABLES:
        return float(bool(words[0]))
    ordered = words if spec.word_order == "big" else tuple(reversed(words))
    packed = struct.pack(f"{'>' if spec.byte_order == 'big' else '<'}{len(ordered)}H", *ordered)
    value: int | float = struct.unpack(f">{_TYPES[spec.type][0]}", packed)[0]
    if spec.type == "bool":
        return float(int(value) >> (spec.bit or 0) & 1)
    if spec.type in BCD:
        digits = f"{value:x}"
        return int(digits) if digits.isdecimal() else None
    if spec.mask and isinstance(value, int):
        lowest = (spec.mask & -spec.mask).bit_length() - 1
        return (value & spec.mask) >> lowest
    return value
