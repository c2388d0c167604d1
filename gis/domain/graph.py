"""A network as graphs, built once and asked many times.

Three views of the same nodes and links, kept in rustworkx:

- `structure`: every link, whatever its state, except the barriers that people can operate: its connected
  components are the isolation segments;
- `conducting`: the links that let through in their present state;
- `supply`: the same with directions (pumps, pressure-reducing and check valves let through one way only) and
  a root joined to every source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import rustworkx as rx

from gis.domain.rows import BARRIERS, ONE_WAY, Key, LinkKind, NodeKind, conducts


@dataclass(frozen=True, slots=True)
class GraphNode:
    id: int
    kind: str
    code: str
    is_source: bool = False

    @property
    def key(self) -> Key:
        return self.kind, self.code


@dataclass(frozen=True, slots=True)
class GraphLink:
    """A link between two node ids. `operable` False on a barrier means broken or out of reach."""

    id: int
    kind: str
    code: str
    start: int
    end: int
    state: str
    operable: bool = False
    one_way: bool = False

    @property
    def key(self) -> Key:
        return self.kind, self.code

    @property
    def is_barrier(self) -> bool:
        return self.operable and self.kind in BARRIERS

    @property
    def conducts(self) -> bool:
        return conducts(self.kind, self.state)

    @property
    def is_one_way(self) -> bool:
        return self.one_way or self.kind in ONE_WAY


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a network, as positions in the graph's `nodes` and `links`."""

    nodes: frozenset[int] = field(default_factory=frozenset)
    links: frozenset[int] = field(default_factory=frozenset)


class UnknownElementError(KeyError):
    """No node or link of the network has this kind and code."""


class NetworkGraph:
    """The graphs of one network at one version of its topology."""

    def __init__(self, nodes: Iterable[GraphNode], links: Iterable[GraphLink]) -> None:
        self.nodes: Sequence[GraphNode] = tuple(nodes)
        self.links: Sequence[GraphLink] = tuple(links)
        position = {node.id: index for index, node in enumerate(self.nodes)}
        self.ends: Sequence[tuple[int, int]] = tuple(
            (position[link.start], position[link.end]) for link in self.links
        )
        self.sources: frozenset[int] = self._sources()

    def _sources(self) -> frozenset[int]:
        """Substations where there are any, else whatever is marked as a source."""
        substations = frozenset(
            index for index, node in enumerate(self.nodes) if node.kind == NodeKind.SUBSTATION
        )
        return substations or frozenset(index for index, node in enumerate(self.nodes) if node.is_source)

    @cached_property
    def _node_of(self) -> dict[Key, int]:
        return {node.key: index for index, node in enumerate(self.nodes)}

    @cached_property
    def _link_of(self) -> dict[Key, int]:
        return {link.key: index for index, link in enumerate(self.links)}

    @property
    def root(self) -> int:
        """The position of the supply graph's root, which feeds every source."""
        return len(self.nodes)

    def find(self, kind: str, code: str) -> Part:
        """Find the element named: a node, or a link with both its ends.

        Raises:
            UnknownElementError: there is none.
        """
        key = (kind, code)
        if key in self._node_of:
            return Part(nodes=frozenset({self._node_of[key]}))
        if key in self._link_of:
            link = self._link_of[key]
            return Part(nodes=frozenset(self.ends[link]), links=frozenset({link}))
        raise UnknownElementError(f"{kind} {code}")

    @cached_property
    def structure(self) -> rx.PyGraph:
        return self._undirected(index for index, link in enumerate(self.links) if not link.is_barrier)

    @cached_property
    def conducting(self) -> rx.PyGraph:
        return self._undirected(index for index, link in enumerate(self.links) if link.conducts)

    @cached_property
    def below_transformers(self) -> rx.PyGraph:
        """The conducting graph without transformers: each component is one part of one voltage level."""
        return self._undirected(
            index
            for index, link in enumerate(self.links)
            if link.conducts and link.kind != LinkKind.TRANSFORMER
        )

    @cached_property
    def transformers(self) -> Sequence[int]:
        """The links that join two voltage levels, from the high one to the low one."""
        return tuple(i for i, link in enumerate(self.links) if link.kind == LinkKind.TRANSFORMER)

    @cached_property
    def supply(self) -> rx.PyDiGraph:
        return self.directed(range(len(self.links)))

    def directed(self, links: Iterable[int], *, without: frozenset[int] = frozenset()) -> rx.PyDiGraph:
        """Build the supply graph of some links, leaving out the nodes of `without` as sources."""
        graph: rx.PyDiGraph = rx.PyDiGraph()
        graph.add_nodes_from(range(len(self.nodes) + 1))
        through = [index for index in links if self.links[index].conducts]
        edges = [(*self.ends[index], index) for index in through]
        edges += [
            (self.ends[index][1], self.ends[index][0], index)
            for index in through
            if not self.links[index].is_one_way
        ]
        edges += [(self.root, source, -1) for source in self.sources - without]
        graph.add_edges_from(edges)
        return graph

    def _undirected(self, links: Iterable[int]) -> rx.PyGraph:
        graph: rx.PyGraph = rx.PyGraph()
        graph.add_nodes_from(range(len(self.nodes)))
        graph.add_edges_from([(*self.ends[index], index) for index in links])
        return graph

    @cached_property
    def segments(self) -> Sequence[frozenset[int]]:
        """The isolation segments: nodes that no operable barrier parts, in no particular order."""
        return tuple(frozenset(part) for part in rx.connected_components(self.structure))

    @cached_property
    def segment_of(self) -> Sequence[int]:
        """For each node, the index of its segment."""
        found = [0] * len(self.nodes)
        for index, segment in enumerate(self.segments):
            for node in segment:
                found[node] = index
        return found

    @cached_property
    def boundary_of(self) -> Sequence[frozenset[int]]:
        """For each segment, the barriers that part it from another one."""
        found: list[set[int]] = [set() for _ in self.segments]
        for index, link in enumerate(self.links):
            start, end = (self.segment_of[node] for node in self.ends[index])
            if link.is_barrier and start != end:
                found[start].add(index)
                found[end].add(index)
        return tuple(frozenset(barriers) for barriers in found)

    @cached_property
    def supplied(self) -> frozenset[int]:
        """The nodes that some source feeds in the present states."""
        return frozenset(rx.descendants(self.supply, self.root))

    def segment_key(self, segments: Iterable[int]) -> str:
        """Name a set of segments by its first node in the order of codes."""
        return min(self.nodes[node].code for segment in segments for node in self.segments[segment])

    def links_within(self, nodes: frozenset[int], *, structure: bool = False) -> frozenset[int]:
        """List the conducting links (those of the structure too, if asked) with both ends in `nodes`."""
        graphs = [self.conducting, self.structure] if structure else [self.conducting]
        touching = {edge[2] for graph in graphs for node in nodes for edge in graph.out_edges(node)}
        return frozenset(index for index in touching if nodes.issuperset(self.ends[index]))
