"""The network seen from far enough that only what can be switched is left.

A *cell* is a set of nodes that pipes or lines alone join: whatever is switched, they are supplied together or
not at all. Devices join cells. Reachability is asked of cells, of which there are few, and told of nodes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gis.domain.arrays import Bools, Ints, group, spans
from gis.domain.sparse import arcs_by_tail, breadth_first, connected_parts

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class Cells:
    """`of` is the cell of each node, `devices` the links between cells; `root` stands before all sources."""

    def __init__(self, of: Ints, devices: Ints, start: Ints, end: Ints, sources: Ints) -> None:
        self.of = of
        self.count = int(of.max()) + 1 if len(of) else 0
        self.root = self.count
        self.devices = devices
        self.start, self.end = of[start[devices]], of[end[devices]]
        self._fed = np.unique(of[sources])
        self._arcs()

    def _arcs(self) -> None:
        tails = np.concatenate([self.start, self.end, np.full(len(self._fed), self.root, np.int32)])
        self._heads = np.concatenate([self.end, self.start, self._fed]).astype(np.int32)
        self._indptr, self._order = group(tails, self.count + 1)
        self._tails = tails[self._order]
        self._weights = np.ones(len(tails))

    @cached_property
    def _members(self) -> tuple[Ints, Ints]:
        return group(self.of, self.count)

    def nodes(self, cells: Bools) -> Ints:
        """List the nodes of the cells of a mask, sorted."""
        indptr, order = self._members
        wanted = np.flatnonzero(cells[: self.count])
        return np.sort(order[spans(indptr[wanted], indptr[wanted + 1])])

    def reach(
        self, cells: Iterable[int], forward: Bools, backward: Bools, *, never: Bools | None = None
    ) -> Bools:
        """Say which cells can be reached through the links of two masks, each along its own direction.

        From `root` the way leads to every source. Cells of `never` are not entered. Returns a mask of
        cells, root last.
        """
        ways = self._ways(forward, backward, never)
        found = np.zeros(self.count + 1, bool)
        for cell in cells:
            if not found[cell]:
                found[breadth_first(ways, cell)[0]] = True
        return found

    def labels(self, through: Bools) -> Ints:
        """Number the groups of cells that the devices of a mask of links hold together."""
        kept = through[self.devices]
        return connected_parts(self.count, self.start[kept], self.end[kept])[1]

    def _ways(self, forward: Bools, backward: Bools, never: Bools | None) -> csr_array:
        """Build the directed graph of cells; an arc that may not be passed leads back to its start."""
        open_ = np.concatenate([forward[self.devices], backward[self.devices], np.ones(len(self._fed), bool)])
        if never is not None:
            open_ &= ~never[self._heads]
        heads = np.where(open_[self._order], self._heads[self._order], self._tails).astype(np.int32)
        return arcs_by_tail(heads, self._indptr, self._weights)
