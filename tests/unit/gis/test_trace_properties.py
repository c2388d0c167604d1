"""Traces against brute force by networkx on small random networks."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.domain.blocks import BlockTree
from gis.domain.flow import common_upstream, connected, downstream, upstream
from gis.domain.graph import LINK_KINDS, STATES, NetworkGraph, Part
from gis.domain.isolation import isolate, segments, supply_group
from gis.domain.paths import shortest_path
from gis.domain.rows import LinkRow, NodeRow
from gis.domain.warnings import Warned
from tests.factories.gis import graph_of

SIZE = 7
Drawn = list[tuple[int, int, str]]
a_number = st.integers(0, SIZE - 1)


def links_among(*kinds: str) -> st.SearchStrategy[Drawn]:
    link = st.tuples(a_number, a_number, st.sampled_from(kinds))
    return st.lists(link.filter(lambda link: link[0] != link[1]), max_size=12)


some_links = links_among("pipe", "valve", "closed")
some_directed_links = links_among("pipe", "pipe", "valve", "closed", "prv")
some_sources = st.sets(a_number, min_size=1, max_size=2)
many = settings(max_examples=150, deadline=None)


def build(links: Drawn, sources: set[int]) -> NetworkGraph:
    return graph_of(
        [NodeRow(f"n{n}", "junction", (0, 0), is_source=n in sources) for n in range(SIZE)],
        [
            LinkRow(
                f"l{i}",
                kind if kind in {"pipe", "prv"} else "valve",
                ("junction", f"n{a}"),
                ("junction", f"n{b}"),
                (),
                state="closed" if kind == "closed" else "open",
                operable=kind in {"valve", "closed"},
                length_m=float(i + 1),
            )
            for i, (a, b, kind) in enumerate(links)
        ],
    )


def at(graph: NetworkGraph, place: int) -> Part:
    return graph.find("junction", f"n{place}")


def conducting(links: Drawn) -> nx.MultiGraph:
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(SIZE))
    graph.add_edges_from(
        (a, b, i, {"length": i + 1}) for i, (a, b, kind) in enumerate(links) if kind != "closed"
    )
    return graph


def directed(links: Drawn, sources: set[int]) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from([*range(SIZE), "root"])
    for i, (a, b, kind) in enumerate(links):
        if kind != "closed":
            graph.add_edge(a, b, i)
        if kind in {"pipe", "valve"}:
            graph.add_edge(b, a, i)
    graph.add_edges_from(("root", source, -1) for source in sources)
    return graph


@given(some_links, some_sources, a_number)
@many
def test_upstream_is_what_lies_on_simple_paths_from_sources(
    links: Drawn, sources: set[int], place: int
) -> None:
    graph, plain = build(links, sources), conducting(links)
    plain.add_edges_from(("root", source, -1) for source in sources)
    edges = {edge[2] for path in nx.all_simple_edge_paths(plain, "root", place) for edge in path}
    assert set(upstream(graph, at(graph, place)).part.links.tolist()) == edges - {-1}


@given(some_links, some_sources, a_number)
@many
def test_downstream_is_what_the_place_is_upstream_of(links: Drawn, sources: set[int], place: int) -> None:
    graph, plain = build(links, sources), nx.Graph(conducting(links))
    plain.add_edges_from(("root", source) for source in sources)
    expected = {
        node
        for node in range(SIZE)
        if any(place in path for path in nx.all_simple_paths(plain, "root", node))
    } | {place}
    assert set(downstream(graph, at(graph, place)).part.nodes.tolist()) == expected


@given(some_directed_links, some_sources, a_number)
@many
def test_with_one_way_devices_nothing_on_a_way_is_forgotten(
    links: Drawn, sources: set[int], place: int
) -> None:
    graph, plain = build(links, sources), directed(links, sources)
    paths = list(nx.all_simple_edge_paths(plain, "root", place))
    found = set(upstream(graph, at(graph, place)).part.links.tolist())
    assert {edge[2] for path in paths for edge in path} - {-1} <= found
    feeding = nx.ancestors(plain, place) | {place}
    assert all(set(links[link][:2]) & feeding for link in found), "nothing that cannot reach the place"
    fed = {node for node in range(SIZE) if any(place in p for p in nx.all_simple_paths(plain, "root", node))}
    assert fed <= set(downstream(graph, at(graph, place)).part.nodes.tolist())


@given(some_directed_links, some_sources)
@many
def test_what_is_supplied_is_what_the_sources_reach(links: Drawn, sources: set[int]) -> None:
    reached = nx.descendants(directed(links, sources), "root")
    assert set(np.flatnonzero(build(links, sources).supplied).tolist()) == reached


@given(some_directed_links, some_sources, a_number)
@many
def test_closing_the_named_valves_cuts_off_exactly_what_is_said(
    links: Drawn, sources: set[int], place: int
) -> None:
    graph, plain = build(links, sources), directed(links, sources)
    result = isolate(graph, at(graph, place))
    isolated = set(result.isolated.nodes.tolist())
    before = nx.descendants(plain, "root")
    for link in result.close.tolist():
        a, b = links[link][:2]
        plain.remove_edge(a, b, link)
        plain.remove_edge(b, a, link)
    plain.remove_edges_from([("root", source, -1) for source in sources & isolated])
    assert nx.node_connected_component(nx.Graph(plain.subgraph(range(SIZE))), place) <= isolated
    after = nx.descendants(plain, "root")
    assert set(result.cut_off.nodes.tolist()) == before - after - isolated
    fed = {link for link in result.close.tolist() if set(links[link][:2]) & after}
    assert set(result.feeding.tolist()) == fed


@given(some_links, a_number)
@many
def test_segments_are_what_no_valve_parts(links: Drawn, place: int) -> None:
    graph, plain = build(links, {0}), nx.Graph()
    plain.add_nodes_from(range(SIZE))
    plain.add_edges_from((a, b) for a, b, kind in links if kind == "pipe")
    own, *beside = segments(graph, at(graph, place))
    assert set(own.part.nodes.tolist()) == nx.node_connected_component(plain, place)
    around = {node for link in own.boundary.tolist() for node in links[link][:2]} - set(
        own.part.nodes.tolist()
    )
    assert {frozenset(one.part.nodes.tolist()) for one in beside} == {
        frozenset(nx.node_connected_component(plain, node)) for node in around
    }
    assert supply_group(graph, at(graph, place)).key == own.key


@given(some_links, a_number)
@settings(max_examples=60, deadline=None)
def test_connected_is_the_component_of_the_place(links: Drawn, place: int) -> None:
    graph = build(links, {0})
    expected = nx.node_connected_component(conducting(links), place)
    assert set(connected(graph, at(graph, place)).part.nodes.tolist()) == expected


@given(some_links, a_number, a_number)
@many
def test_the_shortest_path_is_as_short_as_dijkstra_finds(links: Drawn, start: int, end: int) -> None:
    graph, plain = build(links, {0}), conducting(links)
    found = shortest_path(graph, at(graph, start), at(graph, end))
    if not nx.has_path(plain, start, end):
        assert found.warnings == (Warned.NO_WAY,)
        return
    assert graph.links["length_m"][found.part.links].sum() == nx.dijkstra_path_length(
        plain, start, end, weight="length"
    )


@given(some_links, some_sources, st.sets(a_number, min_size=2, max_size=3))
@many
def test_common_upstream_is_what_all_share(links: Drawn, sources: set[int], places: set[int]) -> None:
    graph = build(links, sources)
    each = [upstream(graph, at(graph, place)) for place in places]
    fed = [set(one.part.links.tolist()) for one in each if Warned.NOT_SUPPLIED not in one.warnings]
    found = common_upstream(graph, [at(graph, place) for place in places])
    assert set(found.part.links.tolist()) == (set.intersection(*fed) if fed else set())


@given(some_directed_links, some_directed_links, some_sources, a_number)
@many
def test_a_graph_brought_up_to_date_answers_like_one_read_anew(
    before: Drawn, after: Drawn, sources: set[int], place: int
) -> None:
    old, new = build(before, sources), build(after, sources)
    rows = new.links if len(before) != len(after) else new.links[old.links != new.links]
    gone = sorted(set(old.links["id"].tolist()) - set(new.links["id"].tolist()))
    isolate(old, at(old, place)), upstream(old, at(old, place))
    moved = old.links.copy()
    moved["state"] = STATES.index("closed")
    now = old.with_rows(old.nodes[:0], moved[moved["kind"] == LINK_KINDS.index("valve")], gone=([], []))
    assert not now.conducts[now.is_kind("valve")].any()
    back = now.with_rows(old.nodes[:0], old.links, gone=([], []))
    assert back.conducts.tolist() == old.conducts.tolist()
    now = back.with_rows(old.nodes[:0], rows, gone=([], gone))
    for trace in (upstream, downstream, connected):
        assert codes(now, trace(now, at(now, place)).part) == codes(new, trace(new, at(new, place)).part)
    assert isolate(now, at(now, place)).close.tolist() == isolate(new, at(new, place)).close.tolist()


def codes(graph: NetworkGraph, part: Part) -> tuple[list[str], list[str]]:
    return graph.node_codes(part.nodes), graph.link_codes(part.links)


@given(st.lists(st.tuples(a_number, a_number).filter(lambda e: e[0] != e[1]), min_size=1, max_size=14))
@many
def test_blocks_are_the_biconnected_components(edges: list[tuple[int, int]]) -> None:
    whole = nx.Graph(edges)
    reached = sorted(nx.node_connected_component(whole, edges[0][0]))
    inside = [(reached.index(a), reached.index(b)) for a, b in edges if a in reached]
    start, end = (np.array(side) for side in zip(*inside, strict=True))
    tree = BlockTree(len(reached), start, end, 0)
    found = {
        frozenset(frozenset(inside[edge]) for edge in tree.edges(np.array([block])).tolist())
        for vertex in range(1, len(reached))
        for block in tree.to_root(vertex)
    }
    expected = nx.biconnected_component_edges(nx.Graph(inside))
    assert found == {frozenset(frozenset(edge) for edge in block) for block in expected}
