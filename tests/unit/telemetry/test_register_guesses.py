"""The same words in every type and order; the right reading is always among them."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.domain.quality import Quality
from telemetry.domain.register_guesses import ORDER_NAMES, guesses
from telemetry.domain.registers import TYPES, RegisterSpec, decode

FORMATS = {"int32": "i", "uint32": "I", "float32": "f", "int64": "q", "uint64": "Q", "float64": "d"}


def words_of(kind: str, value: float, word_order: str, byte_order: str) -> list[int]:
    packed = struct.pack(f">{FORMATS[kind]}", value)
    words = struct.unpack(f">{len(packed) // 2}H", packed)
    swapped = [word >> 8 | (word & 0xFF) << 8 if byte_order == "little" else word for word in words]
    return swapped if word_order == "big" else swapped[::-1]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(("word_order", "byte_order"), ORDER_NAMES)
@given(st.floats(-1e6, 1e6, width=32))
def test_the_right_type_and_order_is_among_the_guesses(
    word_order: str, byte_order: str, kind: str, number: float
) -> None:
    value = number if kind.startswith("float") else int(abs(number))
    words = words_of(kind, value, word_order, byte_order)
    assert (kind, value) in {
        (guess.type, guess.value)
        for guess in guesses(words)
        if (guess.word_order, guess.byte_order) == (word_order, byte_order)
    }


def test_one_word_has_two_orders_two_and_four_words_have_four() -> None:
    assert {guess.order for guess in guesses([1])} == {"ABCD", "BADC"}
    assert {guess.order for guess in guesses([1, 2])} == {"ABCD", "CDAB", "BADC", "DCBA"}
    assert {guess.type for guess in guesses([1, 2, 3, 4])} == set(TYPES) - {"bool"}


@given(st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=8))
def test_any_words_have_guesses_and_none_is_no_number(words: list[int]) -> None:
    found = guesses(words)
    assert found
    assert all(guess.value is None or math.isfinite(guess.value) for guess in found)


def test_a_value_of_a_size_people_measure_is_marked() -> None:
    likely = {(g.type, g.order) for g in guesses([0x4148, 0x0000]) if g.is_likely}
    assert ("float32", "ABCD") in likely
    assert ("float32", "DCBA") not in likely


@pytest.mark.parametrize(
    ("kind", "words", "value"),
    [("bcd16", [0x1234], 1234.0), ("bcd32", [0x0012, 0x3456], 123456.0), ("float16", [0x3E00], 1.5)],
)
def test_decimal_digits_and_half_floats_are_read(kind: str, words: list[int], value: float) -> None:
    assert decode(RegisterSpec("holding", 0, kind), words).value == value


def test_words_that_are_no_decimal_digits_are_bad_and_say_so() -> None:
    assert decode(RegisterSpec("holding", 0, "bcd16"), [0x12A4]) == (None, Quality.BAD, "not_bcd")
