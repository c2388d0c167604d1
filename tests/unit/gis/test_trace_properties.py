"""Traces against brute force by networkx on small random networks."""

from __future__ import annotations

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.domain.flow import connected, downstream, upstream
from gis.domain.graph import GraphLink, GraphNode, NetworkGraph
from gis.domain.isolation import isolate

SIZE = 7
Drawn = list[tuple[int, int, str]]
some_links = st.lists(
    st.tuples(
        st.integers(0, SIZE - 1),
        st.integers(0, SIZE - 1),
        st.sampled_from(["pipe", "valve", "closed"]),
    ).filter(lambda link: link[0] != link[1]),
    max_size=12,
)
some_sources = st.sets(st.integers(0, SIZE - 1), min_size=1, max_size=2)
a_place = st.integers(0, SIZE - 1)


def build(links: Drawn, sources: set[int]) -> NetworkGraph:
    return NetworkGraph(
        [GraphNode(n, "junction", f"n{n}", n in sources) for n in range(SIZE)],
        [
            GraphLink(
                100 + i,
                "pipe" if kind == "pipe" else "valve",
                f"l{i}",
                a,
                b,
                "closed" if kind == "closed" else "open",
                operable=kind != "pipe",
            )
            for i, (a, b, kind) in enumerate(links)
        ],
    )


def conducting(links: Drawn) -> nx.MultiGraph:
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(SIZE))
    graph.add_edges_from((a, b, i) for i, (a, b, kind) in enumerate(links) if kind != "closed")
    return graph


@given(some_links, some_sources, a_place)
@settings(max_examples=150, deadline=None)
def test_upstream_is_what_lies_on_simple_paths_from_sources(
    links: Drawn, sources: set[int], place: int
) -> None:
    graph, plain = build(links, sources), conducting(links)
    plain.add_edges_from(("root", source, -1) for source in sources)
    edges = {edge[2] for path in nx.all_simple_edge_paths(plain, "root", place) for edge in path}
    assert upstream(graph, graph.find("junction", f"n{place}")).part.links == edges - {-1}


@given(some_links, some_sources, a_place)
@settings(max_examples=150, deadline=None)
def test_downstream_is_what_the_place_is_upstream_of(links: Drawn, sources: set[int], place: int) -> None:
    graph, plain = build(links, sources), nx.Graph(conducting(links))
    plain.add_edges_from(("root", source) for source in sources)
    expected = {
        node
        for node in range(SIZE)
        if any(place in path for path in nx.all_simple_paths(plain, "root", node))
    } | {place}
    assert downstream(graph, graph.find("junction", f"n{place}")).part.nodes == expected


@given(some_links, some_sources, a_place)
@settings(max_examples=150, deadline=None)
def test_closing_the_named_valves_cuts_off_exactly_what_is_said(
    links: Drawn, sources: set[int], place: int
) -> None:
    graph, plain = build(links, sources), conducting(links)
    result = isolate(graph, graph.find("junction", f"n{place}"))
    before = set().union(*(nx.node_connected_component(plain, source) for source in sources))
    plain.remove_edges_from([(*graph.ends[link], link) for link in result.close])
    assert nx.node_connected_component(plain, place) <= result.isolated.nodes
    fed = sources - result.isolated.nodes
    after = set().union(*(nx.node_connected_component(plain, source) for source in fed))
    assert result.cut_off.nodes == before - after - result.isolated.nodes


@given(some_links, a_place)
@settings(max_examples=60, deadline=None)
def test_connected_is_the_component_of_the_place(links: Drawn, place: int) -> None:
    graph = build(links, {0})
    expected = nx.node_connected_component(conducting(links), place)
    assert connected(graph, graph.find("junction", f"n{place}")).part.nodes == expected
