"""Which way a network flows: what is connected to a place, upstream and downstream of it.

Directions come from the sources and the one-way devices. Where several ways lead from the sources to a
place (a looped network), all of them are upstream of it and the trace says so: topology alone cannot tell
which way the water goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import rustworkx as rx

from gis.domain.graph import NetworkGraph, Part
from gis.domain.warnings import Warned


@dataclass(frozen=True, slots=True)
class Directed:
    part: Part
    warnings: tuple[Warned, ...] = ()


def connected(graph: NetworkGraph, start: Part) -> Directed:
    """Find all that conducts to `start` in the present states."""
    nodes: set[int] = set()
    for node in start.nodes:
        nodes |= rx.node_connected_component(graph.conducting, node)
    found = frozenset(nodes)
    return Directed(Part(found, graph.links_within(found) | start.links))


def upstream(graph: NetworkGraph, start: Part) -> Directed:
    """Find the nodes and links on the ways from the sources to `start`.

    An element is upstream when it lies on a simple path from a source: these are the links of the
    biconnected component that a link from `start` to the sources would close.
    """
    aim = _Aim.at(graph, start)
    leading = (rx.ancestors(aim.supply, aim.node) | {aim.node}) & aim.supplied
    if not leading:
        return Directed(start, (Warned.NOT_SUPPLIED,))
    sources = [(graph.root, source) for source in graph.sources & leading]
    sub = _subgraph(
        graph, leading | {graph.root}, [*sources, *aim.edges, (graph.root, aim.node)], start.links
    )
    block = dict(rx.biconnected_components(sub.graph))
    root, node = sub.at[graph.root], sub.at[aim.node]
    # An edge stands under one of its two directions; parallel edges share their block.
    wanted = block.get((root, node), block.get((node, root)))
    pairs = ((sub.graph.get_edge_endpoints_by_index(i), i) for i in sub.graph.edge_indices())
    inside = {
        sub.graph.get_edge_data_by_index(i)
        for (a, b), i in pairs
        if block.get((a, b), block.get((b, a))) == wanted
    }
    links = frozenset(inside - {VIRTUAL}) | start.links
    nodes = frozenset(end for link in links for end in graph.ends[link]) | start.nodes
    return _directed(graph, nodes, links)


def downstream(graph: NetworkGraph, start: Part) -> Directed:
    """Find what `start` feeds, or may feed where the network is looped.

    That is all it reaches without passing again the last node that every way from the sources to it passes.
    """
    aim = _Aim.at(graph, start)
    if aim.node not in aim.supplied:
        return Directed(start, (Warned.NOT_SUPPLIED,))
    gate = rx.immediate_dominators(aim.supply, graph.root)[aim.node]
    reached = (rx.descendants(aim.supply, aim.node) | {aim.node}) - {gate}
    edges = [(a, b) for a, b in aim.edges if a in reached and b in reached]
    sub = _subgraph(graph, reached, edges, start.links)
    component = rx.node_connected_component(sub.graph, sub.at[aim.node])
    real = frozenset(range(len(graph.nodes)))
    nodes = frozenset(sub.nodes[index] for index in component) & real
    return _directed(graph, nodes, graph.links_within(nodes) | start.links)


VIRTUAL = -1
"""Stands for the edges that the traces add to a graph."""


@dataclass(frozen=True, slots=True)
class _Aim:
    """The place of a trace as one node of the supply graph: itself, or the middle of the link it is."""

    node: int
    supply: rx.PyDiGraph
    supplied: frozenset[int]
    edges: tuple[tuple[int, int], ...] = ()

    @classmethod
    def at(cls, graph: NetworkGraph, start: Part) -> _Aim:
        if not start.links:
            (node,) = start.nodes
            return cls(node, graph.supply, graph.supplied)
        (index,) = start.links
        link, (u, v) = graph.links[index], graph.ends[index]
        supply = graph.supply.copy()
        middle = supply.add_node(VIRTUAL)
        into = [u] if link.is_one_way else [u, v]
        out = ([v] if link.is_one_way else [u, v]) if link.conducts else []
        supply.add_edges_from(
            [(end, middle, VIRTUAL) for end in into] + [(middle, end, VIRTUAL) for end in out]
        )
        supplied = graph.supplied | ({middle} if graph.supplied.intersection(into) else frozenset())
        reachable = frozenset(end for end in (u, v) if end in supplied)
        return cls(middle, supply, supplied, tuple((end, middle) for end in reachable))


@dataclass(frozen=True, slots=True)
class _Sub:
    graph: rx.PyGraph
    nodes: list[int]
    at: dict[int, int]


def _subgraph(
    graph: NetworkGraph, nodes: Iterable[int], extra: Iterable[tuple[int, int]], leave: frozenset[int]
) -> _Sub:
    """Build the undirected conducting graph of some nodes; edges carry link positions or `VIRTUAL`."""
    kept = sorted(nodes)
    at = {node: index for index, node in enumerate(kept)}
    sub: rx.PyGraph = rx.PyGraph()
    sub.add_nodes_from(kept)
    edges = [
        (at[start], at[end], index)
        for index, (start, end) in enumerate(graph.ends)
        if start in at and end in at and index not in leave and graph.links[index].conducts
    ]
    edges += [(at[a], at[b], VIRTUAL) for a, b in extra if a in at and b in at]
    sub.add_edges_from(edges)
    return _Sub(sub, kept, at)


def _directed(graph: NetworkGraph, nodes: frozenset[int], links: frozenset[int]) -> Directed:
    """Say that a part is looped when it holds more links than a tree would."""
    inner = sum(1 for link in links if nodes.issuperset(graph.ends[link]))
    return Directed(Part(nodes, links), (Warned.LOOPED,) if inner >= len(nodes) > 0 else ())
