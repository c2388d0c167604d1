"""Phone numbers as people type them, to E.164."""

from __future__ import annotations

import unicodedata

import phonenumbers


def to_e164(text: str, *, region: str = "MA") -> str | None:
    """Return `+212612345678` for `06 12 34 56 78`, `٠٦١٢٣٤٥٦٧٨`, `00212…`; None when it is no number.

    Args:
        text: what was typed; spaces, dots, hyphens, brackets and Arabic digits are understood.
        region: the country of numbers typed without one.
    """
    digits = "".join(_plain(character) for character in text)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _plain(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    return character if character in "+" or character.isalpha() else ""
