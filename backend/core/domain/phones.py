"""Phone numbers as people type them."""

from __future__ import annotations

import phonenumbers

HOME = "MA"


def normalise_phone(text: str, *, region: str = HOME) -> str | None:
    """Return a number in E.164, or None when the text is none.

    Accepts national and international forms, spaces, dots, dashes, and Arabic-Indic digits.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def national_form(e164: str) -> str:
    """Return a number the way people here read it (06 12 34 56 78), foreign ones in international form."""
    try:
        number = phonenumbers.parse(e164, HOME)
    except phonenumbers.NumberParseException:
        return e164
    digits = str(number.national_number)
    if number.country_code == phonenumbers.country_code_for_region(HOME) and len(digits) == 9:
        return " ".join(f"0{digits}"[start : start + 2] for start in range(0, 10, 2))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
