"""The areas that a network's own devices bound, and their outlines."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.domain.graph import NetworkGraph
from gis.domain.outlines import draw_outlines, inside
from gis.domain.partitioning import Area, areas
from tests.factories.gis import drawn

DISTRICT = """
R1 --p1-- a >>prv1>> b --p2-- c =/v1/= d --p3-- e
                     b ==v2== f
                     e --p4-- R2
"""


def parted(graph: NetworkGraph, *kinds: str) -> dict[str, Area]:
    """Return the areas by the codes of their nodes."""
    found = areas(graph, graph.is_kind(*kinds))
    return {" ".join(sorted(graph.node_codes(area.nodes))): area for area in found}


def test_areas_end_at_closed_valves_and_at_those_that_set_what_enters() -> None:
    graph = drawn(DISTRICT)
    found = parted(graph, "prv")
    assert set(found) == {"R1 a", "b c f", "R2 d e"}
    fed = found["b c f"]
    assert graph.link_codes(fed.inlets) == ["prv1"]
    assert graph.link_codes(fed.closed) == ["v1"]
    assert fed.distance == 1
    head = found["R1 a"]
    assert (graph.node_codes(head.sources), list(head.inlets), head.distance) == (["R1"], [], 0)


def test_a_border_that_lets_through_both_ways_feeds_both_sides() -> None:
    graph = drawn("R1 --p1-- a ==v1== b --p2-- c ==v2== d")
    found = areas(graph, graph.is_kind("valve"))
    assert [graph.link_codes(area.inlets) for area in found] == [["v1"], ["v1", "v2"], ["v2"]]
    assert [area.distance for area in found] == [0, 1, 2]


def test_what_no_source_reaches_is_an_area_without_supply() -> None:
    found = parted(drawn("R1 --p1-- a =/v1/= b --p2-- c"))
    assert found["b c"].distance is None


def test_below_each_transformer_lies_an_area() -> None:
    graph = drawn(
        """
        R1 ++l1++ a ~~t1~~ b ++l2++ c #/s1/# d
                  a ~~t2~~ e ++l3++ d
        """
    )
    found = parted(graph, "transformer")
    assert set(found) == {"R1 a", "b c", "d e"}
    assert graph.link_codes(found["d e"].inlets) == ["t2"]
    assert graph.link_codes(found["d e"].closed) == ["s1"]


def test_an_empty_network_has_no_areas() -> None:
    graph = drawn("")
    assert areas(graph, graph.is_kind("prv")) == []


PLACES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 3)), min_size=1, max_size=80
)


@settings(max_examples=60, deadline=None)
@given(PLACES)
def test_outlines_hold_their_places_and_never_overlap(rows: list[tuple[int, int, int]]) -> None:
    known = sorted({group for *_, group in rows})
    # Places on a grid of some 20 metres, each group with spots of its own.
    spots = {(x, y): known.index(group) for x, y, group in rows}
    spots |= {(70 + 5 * number, 0): number for number in range(len(known))}
    places = np.array([(-2.32 + 0.0002 * x, 34.92 + 0.0002 * y) for x, y in spots])
    group = np.array(list(spots.values()))
    outlines = draw_outlines(places, group, len(known))
    assert len(outlines) == len(known)
    assert all(outline.is_valid and outline.area > 0 for outline in outlines)
    for index, outline in enumerate(outlines):
        for other in outlines[:index]:
            assert shapely.intersection(outline, other).area < 1e-3 * min(outline.area, other.area)
    held = [inside(outlines[index], places[group == index]).mean() for index in range(len(known))]
    assert np.mean(held) > 0.8


def test_a_street_of_places_is_one_outline_without_gaps() -> None:
    places = np.array([(-2.32 + 0.0005 * x, 34.92) for x in range(30)])
    (outline,) = draw_outlines(places, np.zeros(30, dtype=int), 1)
    assert len(outline.geoms) == 1
    assert inside(outline, places).all()


def test_a_large_city_is_thinned_and_still_told_apart() -> None:
    rng = np.random.default_rng(3)
    places = np.column_stack([rng.uniform(-2.4, -2.3, 20_000), rng.uniform(34.9, 35, 20_000)])
    group = (places[:, 0] > -2.35).astype(int)
    west, east = draw_outlines(places, group, 2)
    assert inside(west, places[group == 0]).mean() > 0.98
    assert inside(east, places[group == 1]).mean() > 0.98
