"""Islands and meshes, on arrays of node ids."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.domain.connectivity import islands, meshes


def ids(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def ends(*pairs: tuple[int, int]) -> np.ndarray:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def test_what_no_source_reaches_is_an_island_and_so_is_a_lone_node() -> None:
    nodes, part_of = islands(ids(1, 2, 3, 4, 5, 9), ends((1, 2), (3, 4), (4, 5)), ids(1))
    assert nodes.tolist() == [3, 4, 5, 9]
    assert part_of[0] == part_of[1] == part_of[2] != part_of[3]


def test_without_a_source_all_is_an_island() -> None:
    assert islands(ids(1, 2), ends((1, 2)), ids())[0].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("pairs", "sources", "looped", "loops"),
    [
        ([(1, 2), (2, 3), (3, 4)], [1], [], []),
        ([(1, 2), (2, 3), (3, 1), (3, 4)], [1], [0, 1, 2], [1]),
        ([(1, 2), (1, 2), (2, 3)], [1], [0, 1], [1]),
        ([(1, 2), (2, 3), (3, 4)], [1, 3], [0, 1], [1]),
        ([(1, 2), (2, 3), (3, 1), (3, 4), (4, 1)], [1], [0, 1, 2, 3, 4], [2]),
    ],
    ids=["a tree", "a ring with a tail", "two in parallel", "two sources joined", "a ring with a chord"],
)
def test_meshes_are_the_links_on_loops(
    pairs: list[tuple[int, int]], sources: list[int], looped: list[int], loops: list[int]
) -> None:
    found, mesh_of, counted = meshes(ids(1, 2, 3, 4), ends(*pairs), ids(*sources))
    assert (found.tolist(), counted.tolist()) == (looped, loops)
    assert set(mesh_of.tolist()) == set(range(len(loops)))


@given(
    st.lists(
        st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] != pair[1]), max_size=16
    )
)
def test_meshes_agree_with_networkx_on_any_graph(pairs: list[tuple[int, int]]) -> None:
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(8))
    graph.add_edges_from(pairs)
    bridges = {frozenset(pair) for pair in nx.bridges(nx.Graph(graph)) if graph.number_of_edges(*pair) == 1}
    looped, mesh_of, loops = meshes(np.arange(8), ends(*pairs), ids(0))
    assert {tuple(pairs[at]) for at in looped} == {pair for pair in pairs if frozenset(pair) not in bridges}
    independent = len(pairs) - 8 + nx.number_connected_components(graph)
    assert loops.sum() == independent
    assert len(mesh_of) == len(looped)
