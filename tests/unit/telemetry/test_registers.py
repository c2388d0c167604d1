from __future__ import annotations

import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.domain.quality import Quality
from telemetry.domain.registers import ORDERS, RegisterSpec, decode

FORMATS = {
    "uint16": "H",
    "int16": "h",
    "uint32": "I",
    "int32": "i",
    "float32": "f",
    "uint64": "Q",
    "int64": "q",
    "float64": "d",
}


def words_of(kind: str, value: float, *, word_order: str, byte_order: str) -> list[int]:
    packed = struct.pack(">" + FORMATS[kind], value)
    pairs = [packed[i : i + 2] for i in range(0, len(packed), 2)]
    if byte_order == "little":
        pairs = [pair[::-1] for pair in pairs]
    words = [int.from_bytes(pair, "big") for pair in pairs]
    return words if word_order == "big" else words[::-1]


def spec(**values: Any) -> RegisterSpec:
    return RegisterSpec(**{"table": "holding", "address": 0} | values)


@pytest.mark.parametrize("byte_order", ORDERS)
@pytest.mark.parametrize("word_order", ORDERS)
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint16", 65535), ("int16", -2), ("uint32", 0x01020304), ("int32", -123456), ("float32", 12.5),
        ("uint64", 2**40 + 7), ("int64", -(2**40)), ("float64", -1234.56789),
    ],
)  # fmt: skip
def test_every_type_is_read_in_every_order(kind: str, value: float, word_order: str, byte_order: str) -> None:
    words = words_of(kind, value, word_order=word_order, byte_order=byte_order)
    decoded = decode(spec(type=kind, word_order=word_order, byte_order=byte_order), words)
    assert decoded == (value, Quality.GOOD, "")


@given(
    st.floats(width=32, allow_nan=False, allow_infinity=False),
    st.sampled_from(ORDERS),
    st.sampled_from(ORDERS),
)
def test_any_float_survives_the_wire(value: float, word_order: str, byte_order: str) -> None:
    words = words_of("float32", value, word_order=word_order, byte_order=byte_order)
    assert decode(spec(type="float32", word_order=word_order, byte_order=byte_order), words).value == value


def test_scale_and_offset_apply_after_decoding() -> None:
    assert decode(spec(type="int16", scale=0.1, offset=-40), [653]).value == pytest.approx(25.3)


def test_a_sentinel_is_no_measurement() -> None:
    assert decode(spec(sentinels=(65535.0,), scale=0.5), [65535]) == (None, Quality.BAD, "sentinel")


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_float_that_is_no_number_is_bad(value: float) -> None:
    words = words_of("float32", value, word_order="big", byte_order="big")
    assert decode(spec(type="float32"), words) == (None, Quality.BAD, "not_a_number")


def test_a_bit_of_a_register_is_a_flag() -> None:
    assert [decode(spec(type="bool", bit=bit), [0b1010]).value for bit in range(4)] == [0, 1, 0, 1]


def test_a_masked_field_is_shifted_down() -> None:
    assert decode(spec(mask=0x0F00), [0xA5C3]).value == 5


def test_a_coil_is_one_or_zero() -> None:
    assert decode(spec(table="coil", type="bool"), [True]).value == 1
    assert spec(table="coil", type="bool").count == 1
