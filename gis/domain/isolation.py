"""Which valves or switches cut a place off, who loses supply by it, and what shares its supply.

A segment is the smallest part that can be cut off: what no operable valve or switch parts (Walski, 1993).
Traces visit a node once and follow stored ends only, never the drawing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gis.domain.arrays import Bools, Ints, among
from gis.domain.graph import NetworkGraph, Part
from gis.domain.rows import Key, LinkKind
from gis.domain.warnings import Warned

SEGMENT_LIMIT = 20_000
"""Nodes above which an isolated part is told by its boundary alone."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """The barriers to close, the part cut off on purpose, and what loses its supply besides.

    `feeding` are those of `close` behind which the network stays under supply: closing them alone stops the
    flow; the others keep what lies behind them from draining back.
    """

    close: Ints
    already_closed: Ints
    feeding: Ints
    isolated: Part
    cut_off: Part
    segment_key: str
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment, the barriers around it, and which of them part it from the segment asked for."""

    key: str
    part: Part
    boundary: Ints
    through: Ints


@dataclass(frozen=True, slots=True)
class Group:
    """What a place shares its supply with: `kind` is segment or transformer."""

    key: str
    kind: str


def isolate(graph: NetworkGraph, start: Part, *, skip: Iterable[Key] = ()) -> Isolation:
    """Find the operable barriers that cut `start` off without those of `skip` (inaccessible, broken)."""
    inside, passed = _around(graph, start, graph.find_links(skip))
    boundary = _boundary(graph, inside)
    nodes = graph.cells.nodes(inside)
    warnings = [Warned.SKIPPED] if len(passed) else []
    if not len(boundary):
        warnings.append(Warned.NO_BOUNDARY)
    if among(graph.sources, nodes).any():
        warnings.append(Warned.CONTAINS_SOURCE)
    if len(nodes) > SEGMENT_LIMIT:
        warnings.append(Warned.TOO_LARGE)
    close = boundary[graph.conducts[boundary]]
    after = _supply_without(graph, inside)
    fed = after[graph.cells.of[graph.start[close]]] | after[graph.cells.of[graph.end[close]]]
    lost = graph.cells.nodes(graph.supplied_cells & ~after & ~inside)
    return Isolation(
        close=close,
        already_closed=boundary[~graph.conducts[boundary]],
        feeding=close[fed],
        isolated=Part(nodes, _links_of(graph, nodes, passed, start.links)),
        cut_off=Part(lost, graph.links_within(lost)),
        segment_key=_first_code(graph, nodes),
        warnings=tuple(warnings),
    )


def segments(graph: NetworkGraph, start: Part) -> list[Segment]:
    """Find the smallest parts that can be cut off at `start`: its own segment, then each one beside it.

    A place on a barrier has the two segments it parts, both its own.
    """
    found: list[tuple[Bools, Segment]] = []
    waiting = [int(graph.cells.of[node]) for node in start.nodes]
    own = len(waiting)
    for turn, cell in enumerate(waiting):
        if any(inside[cell] for inside, _ in found):
            continue
        inside = graph.cells.reach([cell], ~graph.barrier, ~graph.barrier)
        boundary = _boundary(graph, inside)
        asked = turn < own
        if asked:
            ends = np.concatenate([graph.start[boundary], graph.end[boundary]])
            waiting += [int(beside) for beside in np.unique(graph.cells.of[ends]) if not inside[beside]]
        before = np.concatenate(
            [np.zeros(0, np.int64), *(one.boundary for _, one in found if not len(one.through))]
        )
        through = boundary[:0] if asked else np.intersect1d(boundary, before)
        nodes = graph.cells.nodes(inside)
        part = Part(nodes, _links_of(graph, nodes))
        found.append((inside, Segment(_first_code(graph, nodes), part, boundary, through)))
    return [segment for _, segment in found]


def supply_group(graph: NetworkGraph, start: Part) -> Group:
    """Find what a place shares its supply with: the transformer that feeds it, else its isolation segment."""
    if feeding := _feeding_transformers(graph, start):
        return Group("+".join(feeding), "transformer")
    inside, _ = _around(graph, start, start.links[:0])
    return Group(_first_code(graph, graph.cells.nodes(inside)), "segment")


def _feeding_transformers(graph: NetworkGraph, start: Part) -> list[str]:
    """Name the transformers that feed what conducts to a place without passing a transformer."""
    transformers = np.flatnonzero(graph.is_kind(LinkKind.TRANSFORMER))
    if not len(transformers):
        return []
    place = start.nodes[0]
    for link in start.links:
        # A transformer belongs to what it feeds; an open switch to its first end.
        place = (graph.end if link in transformers else graph.start)[link]
    level = graph.conducts & ~graph.is_kind(LinkKind.TRANSFORMER)
    reached = graph.cells.reach([int(graph.cells.of[place])], level, level)
    return sorted(graph.link_codes(transformers[reached[graph.cells.of[graph.end[transformers]]]]))


def _around(graph: NetworkGraph, start: Part, skipped: Ints) -> tuple[Bools, Ints]:
    """Gather the cells from `start` through barriers that cannot be used; return them and what was passed.

    A barrier as the place itself (a broken valve) needs both its sides isolated. A skipped one that is closed
    stays a boundary: nothing passes it.
    """
    inside = np.zeros(graph.cells.count + 1, bool)
    waiting = {int(cell) for cell in graph.cells.of[start.nodes]}
    passed = start.links[graph.barrier[start.links]]
    while waiting:
        inside |= graph.cells.reach(waiting, ~graph.barrier, ~graph.barrier)
        met = np.intersect1d(_boundary(graph, inside), skipped)
        met = met[graph.conducts[met]]
        passed = np.union1d(passed, met)
        ends = np.concatenate([graph.cells.of[graph.start[met]], graph.cells.of[graph.end[met]]])
        waiting = {int(cell) for cell in ends[~inside[ends]]}
    return inside, passed


def _boundary(graph: NetworkGraph, inside: Bools) -> Ints:
    """List the barriers with one end inside."""
    cells = graph.cells
    parting = inside[cells.start] != inside[cells.end]
    return cells.devices[parting & graph.barrier[cells.devices]]


def _supply_without(graph: NetworkGraph, removed: Bools) -> Bools:
    """Say which cells the sources still feed when some are gone."""
    cells = graph.cells
    return cells.reach([cells.root], graph.conducts, graph.conducts & ~graph.one_way, never=removed)


def _links_of(graph: NetworkGraph, nodes: Ints, *more: Ints) -> Ints:
    within = graph.links_within(nodes, graph.conducts | ~graph.barrier)
    return np.unique(np.concatenate([within, *more])) if more else within


def _first_code(graph: NetworkGraph, nodes: Ints) -> str:
    """Name a set of nodes by the first of their codes."""
    return bytes(np.sort(graph.nodes["code"][nodes])[0]).decode()
