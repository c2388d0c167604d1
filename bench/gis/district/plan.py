"""Draw the district: numpy arrays in metres (EPSG:26191) and in longitude and latitude (EPSG:4326)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bench.gis.district.ground import Ground
from bench.gis.district.streets import CORNERS, LINKS, NODES, SIDE, STREETS, TAPS, Streets
from bench.gis.district.words import addresses, codes, old_references, pick

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

POINTS = 500
STACKS = (10, 20, 30, 40)
ALONE = POINTS - sum(STACKS)
SOURCES = 20
TRUNK, INLET = NODES - 1, NODES - 2
CATEGORIES, CATEGORY_SHARES = ("residential", "commercial", "public", "industrial"), (0.88, 0.09, 0.02, 0.01)
CRITICAL, CRITICAL_SHARES = ("", "dialysis", "school", "hospital"), (0.9988, 0.0006, 0.0005, 0.0001)


@dataclass(frozen=True)
class District:
    """Tables of columns. `start`, `end`, `node`, `link`, `parent` are row numbers; x, y are EPSG:26191."""

    nodes: pa.Table
    links: pa.Table
    points: pa.Table
    zones: pa.Table


def generate(*, columns: int = 50, rows: int = 40, seed: int = 2026) -> District:
    """Draw a district of `columns` x `rows` sectors of 600 nodes and 500 connection points each."""
    return _Drawing(columns, rows, seed).district()


class _Drawing:
    def __init__(self, columns: int, rows: int, seed: int) -> None:
        self.columns, self.rows = columns, rows
        self.sectors = columns * rows
        self.seeded = np.random.default_rng(seed)
        self.streets = Streets(self.seeded, self.sectors)
        self.ground = Ground(columns, rows)

    def district(self) -> District:
        return District(self._nodes(), self._links(), self._points(), self.ground.zones())

    @cached_property
    def _places(self) -> Floats:
        """Places of the sectors' nodes in sector units: (sectors, NODES, 2)."""
        column, row = np.divmod(np.arange(self.sectors), self.rows)
        origin = np.stack([column, row], axis=-1).astype(float)
        return origin[:, None, :] + self.streets.places

    @cached_property
    def _trunk(self) -> tuple[Ints, Ints]:
        """Which sectors the trunk main joins: rows of sectors, and every fifth column across them."""
        number = np.arange(self.sectors).reshape(self.columns, self.rows)
        along = number[:-1].ravel(), number[1:].ravel()
        across = number[::5, :-1].ravel(), number[::5, 1:].ravel()
        return np.concatenate([along[0], across[0]]), np.concatenate([along[1], across[1]])

    @cached_property
    def _fed(self) -> Ints:
        """The sectors whose trunk node a reservoir feeds."""
        return np.linspace(0, self.sectors - 1, min(SOURCES, self.sectors)).astype(np.int64)

    @cached_property
    def _node_xy(self) -> Floats:
        trunk = self._places[:, TRUNK]
        beside = trunk[self._trunk[0]] * 0.96 + trunk[self._trunk[1]] * 0.04
        sources = trunk[self._fed] - 0.015
        return self.ground.metres(np.concatenate([self._places.reshape(-1, 2), beside, sources]))

    def _nodes(self) -> pa.Table:
        count, sources = len(self._node_xy), len(self._fed)
        feeding = np.arange(count) >= count - sources
        x, y = self._node_xy.T
        elevation = 40 + 30 * np.sin(x / 4000) + 20 * np.cos(y / 3000) + 45 * feeding
        return pa.table(
            {
                "code": codes("N", count),
                "kind": pick(("junction", "reservoir"), feeding.astype(int)),
                "elevation_m": elevation.round(2),
                "is_source": feeding,
                **self.ground.columns_of(self._node_xy),
            }
        )

    def _links(self) -> pa.Table:
        """Streets, inlets, trunk, feeds and boundary valves, in that order."""
        first = np.arange(self.sectors) * NODES
        start, end = self.streets.start + first[:, None], self.streets.end + first[:, None]
        kind, diameter = self.streets.kind, self.streets.diameter_mm
        beside = self.sectors * NODES + np.arange(len(self._trunk[0]))
        sources = self.sectors * NODES + len(beside) + np.arange(len(self._fed))
        one, other = self._boundaries()
        trunk = self._trunk[0] * NODES + TRUNK, self._trunk[1] * NODES + TRUNK
        parts: list[tuple[Any, Any, Any, Any, Any]] = [
            (start.ravel(), end.ravel(), kind.ravel(), diameter.ravel(), 0),
            (trunk[0], beside, 1, 500.0, 0),
            (beside, trunk[1], 0, 500.0, 0),
            (sources, self._fed * NODES + TRUNK, 0, 800.0, 0),
            (one, other, 1, 110.0, 1),
        ]
        return self._link_table(*(_joined(parts, position) for position in range(5)))

    def _link_table(self, start: Ints, end: Ints, kind: Ints, diameter: Floats, closed: Ints) -> pa.Table:
        works = self.seeded.random(len(kind)) > 0.03
        ends = np.stack([self._node_xy[start], self._node_xy[end]], axis=1)
        return pa.table(
            {
                "code": codes("L", len(start)),
                "kind": pick(("pipe", "valve", "prv"), kind),
                "start": start,
                "end": end,
                "diameter_mm": diameter,
                "state": pick(("open", "closed", "active"), np.where(kind == 2, 2, closed)),
                "operable": (kind == 1) & works,
                "length_m": np.hypot(*(ends[:, 0] - ends[:, 1]).T).round(2),
                **self.ground.columns_of(ends[:, 0], "start_"),
                **self.ground.columns_of(ends[:, 1], "end_"),
            }
        )

    def _boundaries(self) -> tuple[Ints, Ints]:
        """Street corners of neighbouring sectors that a closed valve joins."""
        number = np.arange(self.sectors).reshape(self.columns, self.rows)
        west, east = number[:-1].ravel(), number[1:].ravel()
        south, north = number[:, :-1].ravel(), number[:, 1:].ravel()
        line = self.seeded.integers(0, SIDE, len(west))
        file = self.seeded.integers(0, SIDE, len(south))
        one = [west * NODES + (SIDE - 1) * SIDE + line, south * NODES + file * SIDE + SIDE - 1]
        other = [east * NODES + line, north * NODES + file * SIDE]
        return np.concatenate(one), np.concatenate(other)

    def _points(self) -> pa.Table:
        """Points alone beside their tap, then the buildings, where many share one place."""
        order = np.argsort(self.seeded.random((self.sectors, STREETS * TAPS)), axis=1)
        sizes = np.array([1] * ALONE + list(STACKS))
        tap = np.repeat(order[:, : len(sizes)], sizes, axis=1).ravel()
        sector = np.repeat(np.arange(self.sectors), POINTS)
        building = np.repeat(np.arange(self.sectors * len(sizes)), np.tile(sizes, self.sectors))
        street, number = np.divmod(tap, TAPS)
        node = sector * NODES + CORNERS + street * (TAPS + 1) + 1 + number
        aside = self.seeded.uniform(5, 11, (building[-1] + 1, 2)) * self.seeded.choice(
            [-1, 1], (building[-1] + 1, 2)
        )
        return pa.table(
            {
                "code": codes("C", len(tap)),
                "node": node,
                "link": sector * LINKS + street * (TAPS + 2) + 1 + number,
                "category": pick(CATEGORIES, self.seeded.choice(4, len(tap), p=CATEGORY_SHARES)),
                "critical_kind": pick(CRITICAL, self.seeded.choice(4, len(tap), p=CRITICAL_SHARES)),
                "address": addresses(sector * STREETS + street, number * 2 + 1),
                "old_reference": old_references(sector),
                **self.ground.columns_of(self._node_xy[node] + aside[building]),
            }
        )


def _joined(parts: list[tuple[Any, ...]], position: int) -> NDArray[Any]:
    return np.concatenate([np.broadcast_to(part[position], len(part[0])) for part in parts])
