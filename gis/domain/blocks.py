"""The blocks of a graph as a tree: what must be passed on the way from a root, and where the ways part.

A block is a biconnected component (Hopcroft and Tarjan, 1973): a single edge that every way must take (a
bridge), or a set of loops in which any two places have two ways. Every block hangs on one vertex, its gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from gis.domain.arrays import Ints, group, spans
from gis.domain.sparse import arcs, depth_first


class BlockTree:
    """The blocks of a connected graph of `count` vertices, rooted at vertex `root`.

    `start` and `end` are the vertices of its edges, which may be parallel. Vertices are renumbered by the
    order of a depth-first search, in which what lies below a block is a range; a block is named by its
    first vertex.
    """

    def __init__(self, count: int, start: Ints, end: Ints, root: int) -> None:
        tails, heads = np.concatenate([start, end]), np.concatenate([end, start])
        self._vertex, above = depth_first(arcs(count, tails, heads), root)
        self._rank = np.full(count, -1, np.int32)
        self._rank[self._vertex] = np.arange(len(self._vertex))
        above = self._rank[np.maximum(above, 0)][self._vertex]
        tails, heads = self._rank[tails], self._rank[heads]
        back = heads != above[tails]
        lowest = np.arange(len(self._vertex))
        np.minimum.at(lowest, tails[back], heads[back])
        self._below, self._block = _blocks(above.tolist(), lowest.tolist())
        self._gate = above
        deeper = np.maximum(self._rank[start], self._rank[end])
        self._edge_block = self._block[deeper]

    @cached_property
    def _edges(self) -> tuple[Ints, Ints]:
        return group(self._edge_block, len(self._vertex))

    def to_root(self, vertex: int) -> Iterator[int]:
        """Yield the blocks that the ways from a vertex to the root pass, nearest first."""
        rank = int(self._rank[vertex])
        while rank:
            block = int(self._block[rank])
            yield block
            rank = int(self._gate[block])

    def deeper(self, one: int, other: int) -> int:
        """Return the end of an edge whose own block the edge belongs to."""
        return one if self._rank[one] > self._rank[other] else other

    def edges(self, blocks: Ints) -> Ints:
        """List the edges of some blocks."""
        indptr, order = self._edges
        return order[spans(indptr[blocks], indptr[blocks + 1])]

    def gate(self, block: int) -> int:
        """Return the vertex on which a block hangs."""
        return int(self._vertex[self._gate[block]])

    def below(self, vertex: int) -> Ints:
        """List the vertices to which some way from the root passes `vertex`: itself and what it may feed."""
        block = self._block[self._rank[vertex]]
        return self._vertex[block : block + self._below[block]]


def _blocks(above: list[int], lowest: list[int]) -> tuple[Ints, Ints]:
    """Return for each vertex how many lie at or below it, and its block. Parents come before children."""
    count = len(above)
    below = [1] * count
    for vertex in range(count - 1, 0, -1):
        parent = above[vertex]
        below[parent] += below[vertex]
        if lowest[vertex] < lowest[parent]:
            lowest[parent] = lowest[vertex]
    block = [0] * count
    for vertex in range(1, count):
        parent = above[vertex]
        block[vertex] = vertex if lowest[vertex] >= parent else block[parent]
    return np.array(below, np.int32), np.array(block, np.int32)
