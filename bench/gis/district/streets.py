"""The streets of a sector: which corners they join, what lies along them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

SIDE = 7
CORNERS = SIDE * SIDE
STREETS, TAPS = 61, 8
NODES = CORNERS + STREETS * (TAPS + 1) + 2
"""Of a sector: corners; per street the far side of its valve and its taps; the inlet; its trunk node."""

LINKS = STREETS * (TAPS + 2) + 2
TEMPLATES = 24
PIPE, VALVE, PRV = 0, 1, 2


class Streets:
    """For each sector one of a few street plans. Arrays have one row per sector.

    `places` (sectors, NODES, 2) in sector units; `start`, `end` (sectors, LINKS) node numbers in the sector;
    `kind` (sectors, LINKS) 0 pipe, 1 valve, 2 pressure-reducing valve; `diameter_mm` (sectors, LINKS).
    """

    def __init__(self, seeded: np.random.Generator, sectors: int) -> None:
        plans = np.stack([_plan(seeded) for _ in range(TEMPLATES)])
        chosen = seeded.integers(0, TEMPLATES, sectors)
        self.places = np.stack([_places(plan) for plan in plans])[chosen]
        start, end = zip(*(_ends(plan) for plan in plans), strict=True)
        self.start, self.end = np.stack(start)[chosen], np.stack(end)[chosen]
        self.kind = np.full((sectors, LINKS), PIPE)
        self.kind[:, : -2 : TAPS + 2] = np.where(seeded.random((sectors, STREETS)) < 0.7, VALVE, PIPE)
        self.kind[:, -2], self.kind[:, -1] = VALVE, PRV
        widths = seeded.choice([63.0, 90.0, 110.0, 160.0], (sectors, STREETS), p=[0.2, 0.3, 0.4, 0.1])
        self.diameter_mm = np.concatenate(
            [np.repeat(widths, TAPS + 2, axis=1), np.full((sectors, 2), 200.0)], axis=1
        )


def _plan(seeded: np.random.Generator) -> NDArray[np.int64]:
    """Join the corners by a random spanning tree and some more streets: (STREETS, 2) corner numbers."""
    number = np.arange(CORNERS).reshape(SIDE, SIDE)
    grid = np.concatenate(
        [
            np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1),
            np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1),
        ]
    )
    weights = seeded.random(len(grid)) + 1
    tree = minimum_spanning_tree(coo_array((weights, grid.T), shape=(CORNERS, CORNERS))).tocoo()
    in_tree = np.isin(grid[:, 0] * CORNERS + grid[:, 1], tree.row.astype(np.int64) * CORNERS + tree.col)
    loops = seeded.permutation(np.flatnonzero(~in_tree))[: STREETS - CORNERS + 1]
    return grid[np.sort(np.concatenate([np.flatnonzero(in_tree), loops]))]


def _places(plan: NDArray[np.int64]) -> NDArray[np.float64]:
    corner = np.stack(np.divmod(np.arange(CORNERS), SIDE), axis=-1)
    corners = (corner + 0.5) / SIDE
    along = np.array([0.03, *np.linspace(0.12, 0.92, TAPS)])[None, :, None]
    street = corners[plan[:, :1]] * (1 - along) + corners[plan[:, 1:]] * along
    return np.concatenate([corners, street.reshape(-1, 2), [[0.045, 0.045], [0.02, 0.02]]])


def _ends(plan: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    between = CORNERS + np.arange(STREETS * (TAPS + 1)).reshape(STREETS, TAPS + 1)
    start = np.concatenate([plan[:, :1], between], axis=1).ravel()
    end = np.concatenate([between, plan[:, 1:]], axis=1).ravel()
    trunk, inlet = NODES - 1, NODES - 2
    return np.append(start, [trunk, inlet]), np.append(end, [inlet, 0])
