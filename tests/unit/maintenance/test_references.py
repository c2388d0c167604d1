from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from maintenance.domain.references import ALPHABET, new_reference, parse_reference


def test_a_reference_reads_like_bk_7f3k_92qx() -> None:
    assert re.fullmatch(r"BK-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", new_reference("BK"))


def test_two_references_differ() -> None:
    assert len({new_reference("BK") for _ in range(1000)}) == 1000


def test_a_dictated_reference_is_understood() -> None:
    reference = new_reference("BK")
    arabic = reference.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for typed in (reference.lower(), reference.replace("-", " "), f" {reference.replace('-', '')} ", arabic):
        assert parse_reference(typed) == reference


def test_letters_that_look_like_digits_are_taken_for_them() -> None:
    for _ in range(50):
        reference = new_reference("BK")
        assert parse_reference(reference.replace("0", "O").replace("1", "L")) == reference


@given(st.integers(3, 10), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(place: int, wrong: str) -> None:
    reference = new_reference("BK")
    plain = reference.replace("-", "")
    place = 2 + place % 8
    if plain[place] != wrong:
        assert parse_reference(plain[:place] + wrong + plain[place + 1 :]) is None


@given(st.integers(2, 8))
def test_two_swapped_neighbours_are_noticed(place: int) -> None:
    plain = new_reference("BK").replace("-", "")
    if plain[place] != plain[place + 1]:
        swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
        assert parse_reference(swapped) is None


@given(st.text(max_size=40))
def test_any_text_is_a_reference_or_nothing(text: str) -> None:
    parsed = parse_reference(text)
    assert parsed is None or parse_reference(parsed) == parsed
