from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance.domain.phones import to_e164


@pytest.mark.parametrize(
    "typed",
    [
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "(06) 12-34-56-78",
        "٠٦ ١٢ ٣٤ ٥٦ ٧٨",
        "+212 6 12 34 56 78",
        "00212612345678",
        "+212 (0) 612345678",
        "۰۶۱۲۳۴۵۶۷۸",
    ],
)
def test_a_moroccan_number_is_understood_however_typed(typed: str) -> None:
    assert to_e164(typed) == "+212612345678"


def test_a_foreign_number_keeps_its_country() -> None:
    assert to_e164("+33 6 12 34 56 78") == "+33612345678"


@pytest.mark.parametrize("typed", ["123", "bonjour", "06123", "++212", "+212 1", "0612345678901234567", "٠٠"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    assert to_e164(typed) is None


@given(st.text(max_size=30))
def test_any_text_gives_a_number_or_nothing(typed: str) -> None:
    number = to_e164(typed)
    assert number is None or (number.startswith("+") and number[1:].isascii() and number[1:].isdigit())
