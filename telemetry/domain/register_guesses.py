"""Read the same words as every type and in all four orders, for manuals that leave it out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from telemetry.domain.registers import BCD, ORDERS, TYPES, Order, RegisterSpec, decode

ORDER_NAMES: dict[tuple[Order, Order], str] = {
    ("big", "big"): "ABCD",
    ("little", "big"): "CDAB",
    ("big", "little"): "BADC",
    ("little", "little"): "DCBA",
}
"""By word order and byte order: A is the most significant byte, as the manuals of makers write it."""
_SMALLEST, _LARGEST = 1e-4, 1e7
MAX_WORDS = 125


class Guess(NamedTuple):
    """Hold what words would mean. `value` None: they hold no such number.

    `is_likely` says that the value is of a size people measure; it is a hint and no more.
    """

    type: str
    word_order: Order
    byte_order: Order
    value: float | None
    is_likely: bool

    @property
    def order(self) -> str:
        """Return the order as makers write it."""
        return ORDER_NAMES[self.word_order, self.byte_order]


def guesses(words: Sequence[int], *, scale: float = 1.0, offset: float = 0.0) -> list[Guess]:
    """Read the first one, two and four words in every type and order; what needs more words is left out."""
    return [
        _guess(spec, words)
        for kind in TYPES
        if kind != "bool"
        for word_order in ORDERS
        for byte_order in ORDERS
        for spec in [RegisterSpec("holding", 0, kind, word_order, byte_order, scale, offset)]
        if spec.count <= len(words) and (spec.count > 1 or word_order == "big")
    ]


def _guess(spec: RegisterSpec, words: Sequence[int]) -> Guess:
    value = decode(spec, words[: spec.count]).value
    likely = value is not None and (value == 0 or _SMALLEST <= abs(value) <= _LARGEST)
    if spec.type in BCD and value is not None:
        likely = likely and value != 0
    return Guess(spec.type, spec.word_order, spec.byte_order, value, likely)
