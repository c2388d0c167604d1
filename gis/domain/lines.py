"""Lines in a metric plane: lengths, points along them, cuts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from gis.domain.rows import Position

Line: TypeAlias = tuple[Position, ...]


def length(line: Sequence[Position]) -> float:
    """Measure `line` in the unit of its plane."""
    return sum(math.dist(a, b) for a, b in pairwise(line))


def locate(line: Sequence[Position], distance: float) -> tuple[Position, int]:
    """Find the position at `distance` from the start of `line`, and the index of the vertex after it."""
    left = max(distance, 0.0)
    for index, (a, b) in enumerate(pairwise(line), start=1):
        step = math.dist(a, b)
        if step > 0 and left <= step:
            share = left / step
            return (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])), index
        left -= step
    return line[-1], len(line) - 1


def cut(line: Sequence[Position], distance: float) -> tuple[Line, Line]:
    """Cut `line` at `distance` from its start into two lines that share the cut."""
    position, index = locate(line, distance)
    return (*line[:index], position), (position, *line[index:])


def beside(line: Sequence[Position], distance: float, offset: float) -> Position:
    """Find the place `offset` to the left of `line` (right if negative) at `distance` from its start."""
    (x, y), index = locate(line, distance)
    a, b = line[index - 1], line[index]
    step = math.dist(a, b) or 1.0
    return x - offset * (b[1] - a[1]) / step, y + offset * (b[0] - a[0]) / step


def nearest_on(line: Sequence[Position], place: Position) -> float:
    """Return how far along `line` it passes nearest to `place`, in the unit of its plane."""
    best, along = (math.inf, 0.0), 0.0
    for a, b in pairwise(line):
        step = math.dist(a, b)
        if step > 0:
            share = ((place[0] - a[0]) * (b[0] - a[0]) + (place[1] - a[1]) * (b[1] - a[1])) / step**2
            share = min(max(share, 0.0), 1.0)
            foot = (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
            best = min(best, (math.dist(foot, place), along + share * step))
        along += step
    return best[1]
