"""Basins: what conducts both ways. Between them stand the devices that let through one way only.

Inside a basin the ways from its entries (its sources, and the one-way devices that feed it) make a tree of
blocks.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from gis.domain.arrays import Bools, Ints
from gis.domain.blocks import BlockTree

if TYPE_CHECKING:
    from gis.domain.graph import NetworkGraph

TREES_KEPT = 64
SOURCE = -1
"""Stands for a source among the links by which a basin is entered."""

_trees: OrderedDict[bytes, BlockTree] = OrderedDict()
"""Trees by their content: a switch that moves elsewhere leaves a basin's tree as it is."""


@dataclass(frozen=True)
class Basin:
    """Positions of its nodes (sorted) and the links inside; what feeds it (a device or SOURCE), and where."""

    nodes: Ints
    links: Ints
    fed_by: Ints
    fed_at: Ints
    start: Ints
    end: Ints

    @cached_property
    def tree(self) -> BlockTree:
        """The blocks of the ways from the entries: vertices as in `nodes`, the root after the last one.

        Edges are the links, then one from the root for each entry.
        """
        count = len(self.nodes)
        root = np.full(len(self.fed_at), count)
        start, end = (np.searchsorted(self.nodes, ends).astype(np.int32) for ends in (self.start, self.end))
        entries = np.searchsorted(self.nodes, self.fed_at).astype(np.int32)
        start, end = np.concatenate([start, root]), np.concatenate([end, entries])
        key = blake2b(start.tobytes() + end.tobytes(), digest_size=16).digest()
        tree = _trees.get(key)
        if tree is None:
            tree = _trees[key] = BlockTree(count + 1, start, end, count)
            while len(_trees) > TREES_KEPT:
                _trees.popitem(last=False)
        return tree

    def vertex(self, node: int) -> int:
        """Return the vertex of a node of this basin."""
        return int(np.searchsorted(self.nodes, node))

    def links_of(self, edges: Ints) -> Ints:
        """Turn edges of the tree into links; an entry is the device that feeds it, or SOURCE."""
        return np.concatenate([self.links, self.fed_by])[edges]


class Basins:
    """The basins of a graph, and the one-way devices between them."""

    def __init__(self, graph: NetworkGraph) -> None:
        self._graph = graph
        self._two_way: Bools = graph.conducts & ~graph.one_way
        self.devices: Ints = np.flatnonzero(graph.conducts & graph.one_way)
        self._feeding = self.devices[graph.supplied_cells[graph.cells.of[graph.start[self.devices]]]]
        self._known: dict[int, Basin] = {}

    @cached_property
    def _labels(self) -> Ints:
        return self._graph.cells.labels(self._two_way)

    @cached_property
    def _entries(self) -> Ints:
        """How many entries each basin has."""
        at = np.concatenate([self._graph.sources, self._graph.end[self._feeding]])
        return np.bincount(self._labels[self._graph.cells.of[at]], minlength=len(self._labels))

    def label(self, node: int) -> int:
        """Return the number of the basin of a node."""
        return int(self._labels[self._graph.cells.of[node]])

    def nodes(self, label: int) -> Ints:
        """List the nodes of a basin, sorted."""
        return self._graph.cells.nodes(self._labels == label)

    def has_one_entry(self, label: int) -> bool:
        """Say whether all of a basin hangs on a single source or device."""
        return bool(self._entries[label] == 1)

    def tails(self, devices: Ints) -> Ints:
        """Return the nodes from which one-way devices let through."""
        return self._graph.start[devices]

    def of(self, node: int) -> Basin:
        """Return the basin of a node."""
        label = self.label(node)
        if label not in self._known:
            self._known[label] = self._make(label)
        return self._known[label]

    def _make(self, label: int) -> Basin:
        graph, nodes = self._graph, self.nodes(label)
        links = graph.links_within(nodes, self._two_way)
        inside = np.zeros(len(graph.nodes), bool)
        inside[nodes] = True
        sources = graph.sources[inside[graph.sources]]
        devices = self._feeding[inside[graph.end[self._feeding]]]
        fed_by = np.concatenate([np.full(len(sources), SOURCE), devices])
        fed_at = np.concatenate([sources, graph.end[devices]])
        return Basin(nodes, links, fed_by, fed_at, graph.start[links], graph.end[links])
