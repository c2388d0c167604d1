"""Texts typed by people, made safe to store; escaping belongs to whoever shows them."""

from __future__ import annotations

import unicodedata

BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def cleaned(text: str) -> str:
    """Return the text composed (NFC), without control characters or marks that reorder what surrounds it."""
    kept = "".join(c for c in text.replace("\r\n", "\n") if _is_kept(c))
    return unicodedata.normalize("NFC", kept).strip()


def _is_kept(character: str) -> bool:
    if character in "\n\t":
        return True
    return unicodedata.category(character) not in {"Cc", "Cs"} and character not in BIDI_OVERRIDES
