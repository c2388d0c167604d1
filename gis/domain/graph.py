"""A network as arrays: nodes and links in columns, and what follows from them, computed once when asked.

A graph is one version of a network and never changes: `with_rows` returns the next version
and share what stays the same. Nodes and links are named by *position*, their row in the arrays, sorted by
id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gis.domain.arrays import Bools, Ints, group, spans, union
from gis.domain.basins import Basins
from gis.domain.cells import Cells
from gis.domain.rows import BARRIERS, ONE_WAY, Key, LinkKind, LinkState, NodeKind, conducts
from gis.domain.sparse import connected_parts

NODE_KINDS: tuple[str, ...] = tuple(kind.value for kind in NodeKind)
LINK_KINDS: tuple[str, ...] = tuple(kind.value for kind in LinkKind)
STATES: tuple[str, ...] = tuple(state.value for state in LinkState)
LONGEST_CODE = 64

Rows: TypeAlias = NDArray[Any]
"""A structured array of `node_dtype` or `link_dtype`; `kind` and `state` index the tuples above."""

_CONDUCTS = np.array([[conducts(kind, state) for state in STATES] for kind in LINK_KINDS])
BARRIER_KINDS = tuple(sorted(kind.value for kind in BARRIERS))
_IS_BARRIER = np.array([kind in BARRIERS for kind in LINK_KINDS])
_IS_ONE_WAY = np.array([kind in ONE_WAY for kind in LINK_KINDS])
_IS_CONDUIT = np.array([kind in {LinkKind.PIPE, LinkKind.LINE} for kind in LINK_KINDS])


def node_dtype(width: int = LONGEST_CODE) -> np.dtype[Any]:
    """Columns of nodes, with codes of at most `width` bytes of UTF-8."""
    return np.dtype([("id", "i8"), ("kind", "u1"), ("source", "?"), ("code", f"S{width}")])


def link_dtype(width: int = LONGEST_CODE) -> np.dtype[Any]:
    """Columns of links: `start` and `end` are node ids; a `stale` link is drawn away from them."""
    return np.dtype(
        [
            *(("id", "i8"), ("start", "i8"), ("end", "i8"), ("length_m", "f4"), ("kind", "u1")),
            *(("state", "u1"), ("operable", "?"), ("one_way", "?"), ("stale", "?"), ("code", f"S{width}")),
        ]
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a network, as positions of nodes and links, sorted."""

    nodes: Ints
    links: Ints

    @classmethod
    def of(cls, nodes: Iterable[int] = (), links: Iterable[int] = ()) -> Part:
        return cls(*(np.unique(np.fromiter(found, np.int64)) for found in (nodes, links)))

    def __or__(self, other: Part) -> Part:
        return Part(union(self.nodes, other.nodes), union(self.links, other.links))

    def __len__(self) -> int:
        return len(self.nodes) + len(self.links)


class UnknownElementError(KeyError):
    """No node or link of the network has this kind and code."""


class NetworkGraph:
    """One network at one version of its topology. `nodes` and `links` are sorted by id."""

    def __init__(self, nodes: Rows, links: Rows) -> None:
        """Take rows sorted by id. `state`, `operable` and `stale`, which change alone, are kept apart.

        Raises:
            UnknownElementError: a link ends at no node.
        """
        self.nodes, self.links = nodes, links
        self.start: Ints = self._place(links["start"])
        self.end: Ints = self._place(links["end"])
        self.state: Ints = np.ascontiguousarray(links["state"])
        self.operable: Bools = np.ascontiguousarray(links["operable"])
        self.stale: Bools = np.ascontiguousarray(links["stale"])

    @classmethod
    def of(cls, nodes: Rows, links: Rows) -> NetworkGraph:
        """Build the graph of what was read, without the links that end at a node not read."""
        known = np.isin(links["start"], nodes["id"]) & np.isin(links["end"], nodes["id"])
        return cls(nodes, links if known.all() else links[known])

    def _place(self, ids: NDArray[Any]) -> Ints:
        found = np.searchsorted(self.nodes["id"], ids)
        if len(found) and (found.max() >= len(self.nodes) or np.any(self.nodes["id"][found] != ids)):
            raise UnknownElementError("a link ends at no node")
        return found.astype(np.int32)

    def with_rows(
        self, nodes: Rows, links: Rows, *, gone: tuple[Sequence[int], Sequence[int]]
    ) -> NetworkGraph:
        """Return the next version: rows given replace those of their id, and the ids of `gone` leave.

        Raises:
            UnknownElementError: a link ends at no node.
        """
        if not len(nodes) and not len(gone[0]) and not len(gone[1]):
            places = np.searchsorted(self.links["id"], links["id"])
            if self._only_states_differ(places, links):
                return self._with_states(places, links)
        return NetworkGraph(_merged(self.nodes, nodes, gone[0]), _merged(self._rows_now(), links, gone[1]))

    def with_states(self, states: Mapping[int, str]) -> NetworkGraph:
        """Return the same network with other states at some links, by id; unknown ids are passed over."""
        places = np.flatnonzero(np.isin(self.links["id"], list(states)))
        links = self._rows_now()[places]
        links["state"] = [STATES.index(states[int(pk)]) for pk in links["id"]]
        return self._with_states(places, links)

    def _only_states_differ(self, places: Ints, links: Rows) -> bool:
        if len(links) and (places >= len(self.links)).any():
            return False
        before = self.links[places]
        same = all(
            np.array_equal(before[name], links[name]) for name in ("id", "start", "end", "kind", "code")
        )
        # A conduit that opens or closes moves the borders of the cells: they are found anew.
        return same and not (_IS_CONDUIT[links["kind"]] & (self.state[places] != links["state"])).any()

    def _rows_now(self) -> Rows:
        rows = self.links.copy()
        rows["state"], rows["operable"], rows["stale"] = self.state, self.operable, self.stale
        return rows

    def _with_states(self, places: Ints, links: Rows) -> NetworkGraph:
        """Return the same shape with other states at some links: only what moves is copied."""
        now = copy(self)
        for name in _DERIVED_FROM_STATES:
            now.__dict__.pop(name, None)
        for name in ("state", "operable", "stale"):
            column = getattr(self, name).copy()
            column[places] = links[name]
            setattr(now, name, column)
        now.conducts = self.conducts.copy()
        now.conducts[places] = _CONDUCTS[links["kind"], links["state"]]
        now.barrier = self.barrier.copy()
        now.barrier[places] = links["operable"] & _IS_BARRIER[links["kind"]]
        return now

    @cached_property
    def conducts(self) -> Bools:
        """Whether each link lets through in its present state."""
        return _CONDUCTS[self.links["kind"], self.state]

    @cached_property
    def barrier(self) -> Bools:
        """Whether each link is a valve or switch that people can operate."""
        return self.operable & _IS_BARRIER[self.links["kind"]]

    @cached_property
    def one_way(self) -> Bools:
        """Whether each link lets through from start to end only."""
        return self.links["one_way"] | _IS_ONE_WAY[self.links["kind"]]

    @cached_property
    def sources(self) -> Ints:
        """Substations where there are any, else whatever is marked as a source."""
        substations = np.flatnonzero(self.nodes["kind"] == NODE_KINDS.index(NodeKind.SUBSTATION))
        return substations if len(substations) else np.flatnonzero(self.nodes["source"])

    @cached_property
    def cells(self) -> Cells:
        """The nodes that conduits alone join: no switching parts them."""
        fixed = _IS_CONDUIT[self.links["kind"]] & self.conducts & ~self.one_way
        return Cells(self.parts(fixed), np.flatnonzero(~fixed), self.start, self.end, self.sources)

    @cached_property
    def _incident(self) -> tuple[Ints, Ints]:
        return group(np.concatenate([self.start, self.end]), len(self.nodes))

    @cached_property
    def supplied_cells(self) -> Bools:
        """Which cells some source feeds in the present states."""
        return self.cells.reach([self.cells.root], self.conducts, self.conducts & ~self.one_way)

    @cached_property
    def supplied(self) -> Bools:
        """Which nodes some source feeds in the present states."""
        return self.supplied_cells[self.cells.of]

    @cached_property
    def basins(self) -> Basins:
        """What conducts both ways, and the one-way devices between."""
        return Basins(self)

    def is_kind(self, *kinds: str) -> Bools:
        """Say of each link whether it is of one of these kinds."""
        return np.isin(self.links["kind"], [LINK_KINDS.index(kind) for kind in kinds])

    def parts(self, through: Bools) -> Ints:
        """Label the parts of the network that the links of a mask hold together: a number per node."""
        return connected_parts(len(self.nodes), self.start[through], self.end[through])[1]

    def touching(self, nodes: Ints) -> Ints:
        """List the links that end at any of some nodes, each once."""
        indptr, order = self._incident
        return np.unique(order[spans(indptr[nodes], indptr[nodes + 1])] % max(len(self.links), 1))

    def links_within(self, nodes: Ints, through: Bools | None = None) -> Ints:
        """List the links with both ends in `nodes`: those that conduct, or those of the mask `through`."""
        wanted = self.conducts if through is None else through
        inside = np.zeros(len(self.nodes), bool)
        inside[nodes] = True
        near = np.arange(len(self.links)) if 4 * len(nodes) > len(self.nodes) else self.touching(nodes)
        return near[wanted[near] & inside[self.start[near]] & inside[self.end[near]]]

    def find(self, kind: str, code: str) -> Part:
        """Find the element named: a node, or a link with both its ends.

        Raises:
            UnknownElementError: there is none.
        """
        if kind in NODE_KINDS and len(found := _named(self.nodes, NODE_KINDS.index(kind), [code])):
            return Part(found, found[:0])
        if len(found := self.find_links([(kind, code)])):
            return Part(np.unique([self.start[found], self.end[found]]), found)
        raise UnknownElementError(f"{kind} {code}")

    def at_node(self, node_id: int) -> Part:
        """Find the node of an id, as the place of a trace.

        Raises:
            UnknownElementError: there is none.
        """
        found = self._positions(self.nodes, node_id)
        return Part(found, found[:0])

    def at_link(self, link_id: int) -> Part:
        """Find the link of an id, with both its ends, as the place of a trace.

        Raises:
            UnknownElementError: there is none.
        """
        found = self._positions(self.links, link_id)
        return Part(np.unique([self.start[found], self.end[found]]), found)

    def _positions(self, rows: Rows, wanted: int) -> Ints:
        at = np.searchsorted(rows["id"], [wanted])
        if at[0] >= len(rows) or rows["id"][at[0]] != wanted:
            raise UnknownElementError(str(wanted))
        return at

    def find_links(self, keys: Iterable[Key]) -> Ints:
        """Find the links named, leaving out those that are not there."""
        wanted: dict[str, list[str]] = {}
        for kind, code in keys:
            wanted.setdefault(kind, []).append(code)
        found = [
            _named(self.links, LINK_KINDS.index(kind), codes)
            for kind, codes in wanted.items()
            if kind in LINK_KINDS
        ]
        return np.unique(np.concatenate([np.zeros(0, np.int64), *found]))

    def node_codes(self, nodes: Ints) -> list[str]:
        return [code.decode() for code in self.nodes["code"][nodes].tolist()]

    def link_codes(self, links: Ints) -> list[str]:
        return [code.decode() for code in self.links["code"][links].tolist()]


_SHAPE = ("id", "start", "end", "length_m", "kind", "one_way", "code")
_DERIVED_FROM_STATES = ("supplied_cells", "supplied", "basins")


def _named(rows: Rows, kind: int, codes: Sequence[str]) -> Ints:
    found = [np.flatnonzero((rows["code"] == code.encode()) & (rows["kind"] == kind)) for code in codes]
    return np.unique(np.concatenate([np.zeros(0, np.int64), *found]))


def _merged(before: Rows, rows: Rows, gone: Sequence[int]) -> Rows:
    """Replace rows by those of the same id, drop those gone, add the rest; sorted by id."""
    leaving = np.concatenate([rows["id"], np.asarray(gone, np.int64)])
    kept = before[~np.isin(before["id"], leaving)]
    merged = np.concatenate([kept, rows])
    return merged[np.argsort(merged["id"], kind="stable")]
