"""Classes of a choropleth: shades of one colour, told apart by their limits too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SHADES = {
    "water": ("#d3e4f3", "#9dc4e4", "#5b9bd0", "#1c6cb4", "#0f4577"),
    "electricity": ("#f6e6c4", "#e8c67a", "#cf9a2f", "#a86f00", "#6b4700"),
}
NOTHING = "#ddd7cd"


@dataclass(frozen=True, slots=True)
class Shade:
    """One class: from `low` (included) to `high` (excluded, but for the last)."""

    colour: str
    low: float
    high: float


def classes(values: Sequence[float], utility: str) -> list[Shade]:
    """Return at most five classes of equal counts that cover the values; fewer when few differ."""
    shades = SHADES[utility]
    known = sorted(set(values))
    if not known:
        return []
    count = min(len(shades), len(known))
    if count == 1:
        return [Shade(shades[2], known[0], known[0])]
    cuts = [known[0], *(known[len(known) * n // count] for n in range(1, count)), known[-1]]
    first = (len(shades) - count) // 2
    return [Shade(shades[first + n], cuts[n], cuts[n + 1]) for n in range(count)]


def shade_of(value: float | None, shades: Sequence[Shade]) -> str:
    """Return the colour of a value; grey where nothing is known."""
    if value is None or not shades:
        return NOTHING
    return next((shade.colour for shade in shades if value < shade.high), shades[-1].colour)
