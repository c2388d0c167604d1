"""Graphs as SciPy's sparse matrices. SciPy is read when the first is searched: most processes never do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis.domain.arrays import Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def arcs(count: int, tails: Ints, heads: Ints) -> csr_array:
    """Return the graph of `count` vertices with an arc from each of `tails` to each of `heads`."""
    from scipy.sparse import csr_array

    return csr_array((np.ones(len(tails)), (tails, heads)), shape=(count, count))


def arcs_by_tail(heads: Ints, first: Ints, weights: Ints) -> csr_array:
    """Return the graph whose vertex `v` has arcs to `heads[first[v]:first[v + 1]]`."""
    from scipy.sparse import csr_array

    count = len(first) - 1
    return csr_array((weights, heads, first), shape=(count, count))


def connected_parts(count: int, start: Ints, end: Ints) -> tuple[int, Ints]:
    """Count the parts of a graph that its edges hold together, and number the part of each vertex."""
    from scipy.sparse.csgraph import connected_components

    if not count:
        return 0, np.zeros(0, np.int32)
    parts, part_of = connected_components(arcs(count, start, end), directed=False)
    return int(parts), part_of


def breadth_first(graph: csr_array, root: int) -> tuple[Ints, Ints]:
    """Return the vertices that `root` reaches, nearest first, and the one before each (negative: none)."""
    from scipy.sparse.csgraph import breadth_first_order

    return breadth_first_order(graph, root)


def depth_first(graph: csr_array, root: int) -> tuple[Ints, Ints]:
    """Return the vertices that `root` reaches, depth first, and the one before each (negative: none)."""
    from scipy.sparse.csgraph import depth_first_order

    return depth_first_order(graph, root)
