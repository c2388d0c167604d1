"""The shortest way between two places along what conducts, whichever way it flows."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np

from gis.domain.arrays import Ints
from gis.domain.flow import Directed
from gis.domain.graph import NetworkGraph, Part
from gis.domain.warnings import Warned


def shortest_path(graph: NetworkGraph, start: Part, end: Part) -> Directed:
    """Find the shortest way by length between two places: Dijkstra's search from both sides at once."""
    sides = _Side.at(start), _Side.at(end)
    shortest, meeting = np.inf, -1
    for node in set(sides[0].far) & set(sides[1].far):
        shortest, meeting = 0.0, node
    while all(side.queue for side in sides) and sides[0].queue[0][0] + sides[1].queue[0][0] < shortest:
        side, other = sorted(sides, key=lambda one: one.queue[0][0])
        for node, metres in side.step(graph):
            if node in other.far and metres + other.far[node] < shortest:
                shortest, meeting = metres + other.far[node], node
    if meeting < 0:
        return Directed(Part.of(), (Warned.NO_WAY,))
    links = [link for side in sides for link in side.way(graph, meeting)]
    ends = np.concatenate([graph.start[links], graph.end[links]]) if links else np.array([meeting])
    return Directed(Part(np.unique(ends), np.unique(np.array(links, np.int64))))


@dataclass(slots=True)
class _Side:
    """One of the two searches: how far each node is, by which link it was reached, and who is next."""

    far: dict[int, float]
    queue: list[tuple[float, int]]
    by: dict[int, int] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)

    @classmethod
    def at(cls, place: Part) -> _Side:
        nodes = place.nodes.tolist()
        return cls(dict.fromkeys(nodes, 0.0), [(0.0, node) for node in nodes])

    def step(self, graph: NetworkGraph) -> list[tuple[int, float]]:
        """Settle the nearest node; return its neighbours that came nearer, with their distance."""
        metres, node = heappop(self.queue)
        if node in self.done:
            return []
        self.done.add(node)
        links: Ints = graph.touching(np.array([node]))
        links = links[graph.conducts[links]]
        others = (graph.start[links] + graph.end[links] - node).tolist()
        nearer = []
        for other, link, length in zip(
            others, links.tolist(), graph.links["length_m"][links].tolist(), strict=True
        ):
            if metres + length < self.far.get(other, np.inf):
                self.far[other], self.by[other] = metres + length, link
                heappush(self.queue, (metres + length, other))
                nearer.append((other, metres + length))
        return nearer

    def way(self, graph: NetworkGraph, node: int) -> list[int]:
        """List the links from a node back to where the search began."""
        links = []
        while (link := self.by.get(node)) is not None:
            links.append(link)
            node = int(graph.start[link] + graph.end[link] - node)
        return links
