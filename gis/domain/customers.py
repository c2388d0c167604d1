"""Where customers join a water network, derived from the demand of its junctions.

The rule: a junction with demand d has ceil(d / `demand_m3_h_per_point`) connection points. They are dealt
in turn to the pipes that meet there, at a seeded place in the half of the pipe nearer to the junction and a
few metres beside it. The category follows the largest demand pattern of the junction; a seeded few are
critical customers.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gis.domain.lines import beside
from gis.domain.lines import length as line_length
from gis.domain.rows import ConnectionPointRow, Key, LinkRow, NodeRow

CATEGORIES = {"commercial": "commercial", "industrial": "industrial", "residential": "residential"}


@dataclass(frozen=True, slots=True)
class DerivationRule:
    """What the derivation may vary; the same rule on the same network gives the same points."""

    demand_m3_h_per_point: float = 0.1
    seed: int = 20240
    prefix: str = "W-"
    critical: tuple[tuple[str, int], ...] = (("hospital", 1), ("dialysis", 3), ("school", 6))
    offset_m: tuple[float, float] = field(default=(3.0, 8.0))


def derive_points(
    nodes: Sequence[NodeRow], pipes: Sequence[LinkRow], rule: DerivationRule
) -> list[ConnectionPointRow]:
    """Derive connection points; positions are in the metric plane of `nodes` and `pipes`."""
    seeded = random.Random(rule.seed)
    meeting: dict[Key, list[LinkRow]] = defaultdict(list)
    for pipe in sorted(pipes, key=lambda pipe: pipe.code):
        meeting[pipe.start].append(pipe)
        meeting[pipe.end].append(pipe)
    drawn = [
        (node, pipe, place)
        for node in sorted(nodes, key=lambda node: node.code)
        for pipe, place in _along(node, meeting[node.key], rule, seeded)
    ]
    critical = _critical(len(drawn), rule, seeded)
    return [
        ConnectionPointRow(
            code=f"{rule.prefix}{number:05d}",
            node=node.key,
            link=pipe.key,
            position=place,
            category=_category(node),
            critical_kind=critical.get(number, ""),
            synthetic=True,
        )
        for number, (node, pipe, place) in enumerate(drawn, start=1)
    ]


def _along(
    node: NodeRow, pipes: Sequence[LinkRow], rule: DerivationRule, seeded: random.Random
) -> Iterator[tuple[LinkRow, tuple[float, float]]]:
    demand = float(node.attributes.get("base_demand_m3_h") or 0.0)
    if demand <= 0 or not pipes:
        return
    for index in range(math.ceil(round(demand / rule.demand_m3_h_per_point, 6))):
        pipe = pipes[index % len(pipes)]
        whole = line_length(pipe.line)
        distance = whole * seeded.uniform(0.05, 0.5)
        if pipe.start != node.key:
            distance = whole - distance
        offset = seeded.uniform(*rule.offset_m) * seeded.choice((-1, 1))
        yield pipe, beside(pipe.line, distance, offset)


def _critical(points: int, rule: DerivationRule, seeded: random.Random) -> dict[int, str]:
    kinds = [kind for kind, number in rule.critical for _ in range(number)]
    numbers = seeded.sample(range(1, points + 1), min(len(kinds), points))
    return dict(zip(numbers, kinds, strict=False))


def _category(node: NodeRow) -> str:
    """Read the category from the name of the largest demand's pattern (`P-Commercial`)."""
    demands = node.attributes.get("demands") or {}
    largest = max(demands, key=lambda name: demands[name], default="")
    return next((value for word, value in CATEGORIES.items() if word in largest.lower()), "residential")
