"""Numbers as people and programs write them in addresses and forms."""

from __future__ import annotations

LONGEST = 18
"""Digits that fit every whole number of the database."""


def whole_number(text: str) -> int | None:
    """Return what plain digits say; None for anything else, a number too long to be meant among it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None
