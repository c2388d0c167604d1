"""Which way a network flows: what is connected to a place, upstream and downstream of it.

Directions come from the sources and the one-way devices. Where several ways lead from the sources to a
place (a looped network), all of them are upstream of it and the trace says so: topology alone cannot tell
which way the water goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gis.domain.arrays import Bools, Ints, union
from gis.domain.basins import SOURCE, Basins
from gis.domain.graph import NetworkGraph, Part
from gis.domain.rows import CONDUITS
from gis.domain.warnings import Warned


@dataclass(frozen=True, slots=True)
class Directed:
    """What was found; `nearest` is the closest link or node that feeds all the places asked, where asked."""

    part: Part
    warnings: tuple[Warned, ...] = ()
    nearest: Part | None = None


def connected(graph: NetworkGraph, start: Part) -> Directed:
    """Find all that conducts to `start` in the present states."""
    cells = graph.cells.reach(graph.cells.of[start.nodes].tolist(), graph.conducts, graph.conducts)
    nodes = graph.cells.nodes(cells)
    return Directed(Part(nodes, union(graph.links_within(nodes), start.links)))


def upstream(graph: NetworkGraph, start: Part) -> Directed:
    """Find the nodes and links on the ways from the sources to `start`.

    An element is upstream when it lies on a simple path from an entry of its basin to the place, or to a
    device on the way to the place: these are the blocks passed on the way up.
    """
    ways = _Ways(graph.basins)
    if not ways.climb(_fed_from(graph, start)):
        return Directed(start, (Warned.NOT_SUPPLIED,))
    links = union(ways.links(), start.links)
    nodes = np.unique(np.concatenate([graph.start[links], graph.end[links], start.nodes]))
    return _directed(graph, Part(nodes, links))


def downstream(graph: NetworkGraph, start: Part) -> Directed:
    """Find what `start` feeds, or may feed where the network is looped.

    That is all it reaches without passing again the last node that every way from the sources to it passes.
    """
    if not graph.supplied[start.nodes if not len(start.links) else _inlets(graph, start)].any():
        return Directed(start, (Warned.NOT_SUPPLIED,))
    if len(start.links) and not graph.conducts[start.links[0]]:
        return Directed(Part(start.nodes[:0], start.links))
    nodes = np.flatnonzero(_fed_through(graph, _outlet(graph, start)))
    return _directed(graph, Part(nodes, union(graph.links_within(nodes), start.links)))


def common_upstream(graph: NetworkGraph, places: Sequence[Part]) -> Directed:
    """Find what feeds every one of some places, and the nearest device or node that all of them hang on."""
    found: _Ways | None = None
    warned = set()
    for place in places:
        ways = _Ways(graph.basins)
        if not ways.climb(_fed_from(graph, place)):
            warned.add(Warned.NOT_SUPPLIED)
            continue
        found = ways if found is None else found.shared_with(ways)
    nothing = Part.of()
    if found is None:
        return Directed(nothing, tuple(warned))
    links = found.links()
    if not len(links):
        return Directed(nothing, (*warned, Warned.NOTHING_COMMON))
    part = Part(np.unique(np.concatenate([graph.start[links], graph.end[links]])), links)
    told = _directed(graph, part)
    return Directed(part, (*warned, *told.warnings), found.nearest(graph))


def _directed(graph: NetworkGraph, part: Part) -> Directed:
    """Say that a part is looped when it holds more links than a tree would."""
    inside = np.isin(graph.start[part.links], part.nodes) & np.isin(graph.end[part.links], part.nodes)
    return Directed(part, (Warned.LOOPED,) if inside.sum() >= len(part.nodes) > 0 else ())


def _inlets(graph: NetworkGraph, start: Part) -> Ints:
    """Return the ends by which a link can be fed."""
    link = start.links[0]
    return np.array([graph.start[link]] if graph.one_way[link] else [graph.start[link], graph.end[link]])


def _fed_from(graph: NetworkGraph, start: Part) -> list[int]:
    """Return the supplied nodes from which to climb towards the sources."""
    if not len(start.links):
        return [int(node) for node in start.nodes if graph.supplied[node]]
    link = start.links[0]
    inlets = [int(node) for node in _inlets(graph, start) if graph.supplied[node]]
    if len(inlets) < 2 or not graph.conducts[link]:
        return inlets
    return [_deeper(graph, *inlets)]


def _outlet(graph: NetworkGraph, start: Part) -> int:
    """Return the node from which to go down: for a link its end away from the sources."""
    if not len(start.links):
        return int(start.nodes[0])
    link = start.links[0]
    ends = int(graph.start[link]), int(graph.end[link])
    return ends[1] if graph.one_way[link] else _deeper(graph, *ends)


def _deeper(graph: NetworkGraph, one: int, other: int) -> int:
    basin = graph.basins.of(one)
    return int(basin.nodes[basin.tree.deeper(basin.vertex(one), basin.vertex(other))])


def _fed_through(graph: NetworkGraph, first: int) -> Bools:
    """Mark what a node may feed: below it in its basin, and behind the one-way devices found there."""
    basins, found = graph.basins, np.zeros(len(graph.nodes), bool)
    waiting, entered = [first], {first}
    while waiting:
        node = waiting.pop()
        label = basins.label(node)
        if node != first and basins.has_one_entry(label):
            new = basins.nodes(label)
        else:
            basin = basins.of(node)
            new = basin.nodes[basin.tree.below(basin.vertex(node))]
        found[new] = True
        leaving = basins.devices[np.isin(graph.start[basins.devices], new)]
        heads = set(graph.end[leaving].tolist()) - entered
        entered |= heads
        waiting += heads
    return found


@dataclass(slots=True)
class _Ways:
    """The blocks passed on the ways to the sources, by basin, in the order met."""

    basins: Basins
    blocks: dict[tuple[int, int], int] = field(default_factory=dict)
    """Label of the basin and block: a node of the basin."""

    def climb(self, nodes: Sequence[int]) -> bool:
        """Follow the ways from some supplied nodes up to the sources; say whether there was any node."""
        waiting, seen = list(nodes), set(nodes)
        while waiting:
            node = waiting.pop(0)
            label, basin = self.basins.label(node), self.basins.of(node)
            new = [
                block for block in basin.tree.to_root(basin.vertex(node)) if (label, block) not in self.blocks
            ]
            self.blocks.update({(label, block): node for block in new})
            devices = basin.links_of(basin.tree.edges(np.array(new, np.int64)))
            devices = devices[np.isin(devices, basin.fed_by) & (devices != SOURCE)]
            above = set(self.basins.tails(devices).tolist()) - seen
            seen |= above
            waiting += above
        return bool(nodes)

    def shared_with(self, other: _Ways) -> _Ways:
        return _Ways(self.basins, {key: node for key, node in self.blocks.items() if key in other.blocks})

    def links(self) -> Ints:
        """List the links of the blocks passed, the devices between basins among them."""
        by_basin: dict[int, tuple[int, list[int]]] = {}
        for (label, block), node in self.blocks.items():
            by_basin.setdefault(label, (node, []))[1].append(block)
        found = [np.zeros(0, np.int64)]
        for node, blocks in by_basin.values():
            basin = self.basins.of(node)
            found.append(basin.links_of(basin.tree.edges(np.array(blocks))))
        links = np.unique(np.concatenate(found))
        return links[links != SOURCE]

    def nearest(self, graph: NetworkGraph) -> Part | None:
        """Return the first single device passed by all the ways; without one, the first node."""
        device = ~graph.is_kind(*CONDUITS)
        for (_label, block), node in self.blocks.items():
            basin = self.basins.of(node)
            links = basin.links_of(basin.tree.edges(np.array([block])))
            if len(links) == 1 and links[0] != SOURCE and device[links[0]]:
                return Part(np.unique([graph.start[links], graph.end[links]]), links)
        for (_label, block), node in self.blocks.items():
            basin = self.basins.of(node)
            if (gate := basin.tree.gate(block)) < len(basin.nodes):
                return Part.of([int(basin.nodes[gate])])
        return None
