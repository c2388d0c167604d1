"""References people can dictate: Crockford base32 with a check character.

The check character is the sum of the values times powers of a generator of GF(32) (polynomial x^5 + x^2 + 1),
so that every single wrong character and every swap of two neighbours is noticed.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VALUES = {character: value for value, character in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
BODY = 7


def new_reference(prefix: str) -> str:
    """Return an unguessable reference such as `BK-7F3K-92QX`: seven random characters and the check."""
    values = [secrets.randbelow(32) for _ in range(BODY)]
    return _written(prefix, [*values, _check(values)])


def parse_reference(text: str) -> str | None:
    """Return the canonical form of a typed reference, or None when it cannot be one.

    Lower case, spaces, missing hyphens, Arabic digits, and O, I, L for 0, 1, 1 are understood.
    """
    plain = "".join(_ascii(character) for character in text.upper() if character.isalnum())
    prefix, code = plain[: -BODY - 1], plain[-BODY - 1 :]
    if not prefix or len(prefix) > 6 or len(code) != BODY + 1 or any(c not in VALUES for c in code):
        return None
    values = [VALUES[character] for character in code]
    return _written(prefix, values) if _check(values[:-1]) == values[-1] else None


def _written(prefix: str, values: Sequence[int]) -> str:
    code = "".join(ALPHABET[value] for value in values)
    return f"{prefix}-{code[:4]}-{code[4:]}"


def _ascii(character: str) -> str:
    digit = unicodedata.digit(character, None)
    return character if digit is None else str(digit)


def _check(values: Sequence[int]) -> int:
    total = 0
    for value in values:
        total = _doubled(total ^ value)
    return total


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value
