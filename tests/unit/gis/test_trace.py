"""What traces find, on networks small enough to be drawn."""

from __future__ import annotations

import pytest

from gis.domain.flow import connected, downstream, upstream
from gis.domain.graph import UnknownElementError
from gis.domain.isolation import isolate, supply_group
from gis.domain.warnings import Warned
from tests.factories.gis import codes, drawn, link_codes

STREET = """
R1 --p0-- a ==v1== b --p1-- c ==v2== d --p2-- e
b --p3-- f ==v3== g --p4-- h
"""

RING = """
R1 --p0-- a --p1-- b --p2-- c --p3-- a
c --p4-- d --p5-- e
"""

FEEDER = """
R1 ++l0++ m1 ##s1## m2 ++l1++ m3 #/s2/# m4 ++l2++ m5 ##s3## m6 ++l3++ R1
m2 ~~tr1~~ b1 ++l4++ b2 ##s4## b3
m5 ~~tr2~~ b4 ++l5++ b5 #/s5/# b3
"""


def test_isolating_a_pipe_names_the_valves_around_it() -> None:
    graph = drawn(STREET)
    result = isolate(graph, graph.find("pipe", "p1"))
    assert link_codes(graph, result.close) == {"v1", "v2", "v3"}
    assert codes(graph, result.isolated) == ({"b", "c", "f"}, {"p1", "p3"})


def test_what_is_fed_through_the_isolated_part_is_cut_off_too() -> None:
    graph = drawn(STREET)
    result = isolate(graph, graph.find("pipe", "p1"))
    assert codes(graph, result.cut_off) == ({"d", "e", "g", "h"}, {"p2", "p4"})


def test_a_second_source_keeps_the_far_side_supplied() -> None:
    graph = drawn(STREET + "R2 --p9-- e")
    result = isolate(graph, graph.find("pipe", "p1"))
    assert codes(graph, result.cut_off) == ({"g", "h"}, {"p4"})


def test_a_valve_out_of_reach_widens_the_part_to_isolate() -> None:
    graph = drawn(STREET)
    result = isolate(graph, graph.find("junction", "c"), skip=[("valve", "v2")])
    assert link_codes(graph, result.close) == {"v1", "v3"}
    assert codes(graph, result.isolated) == ({"b", "c", "d", "e", "f"}, {"p1", "p2", "p3", "v2"})
    assert Warned.SKIPPED in result.warnings


def test_a_broken_valve_is_isolated_on_both_its_sides() -> None:
    graph = drawn(STREET)
    result = isolate(graph, graph.find("valve", "v2"))
    assert link_codes(graph, result.close) == {"v1", "v3"}
    assert codes(graph, result.isolated)[0] == {"b", "c", "d", "e", "f"}


def test_a_valve_already_closed_is_told_apart() -> None:
    graph = drawn("R1 --p0-- a ==v1== b --p1-- c =/v2/= d --p2-- R2")
    result = isolate(graph, graph.find("pipe", "p1"))
    assert link_codes(graph, result.close) == {"v1"}
    assert link_codes(graph, result.already_closed) == {"v2"}


def test_a_part_without_valves_says_that_nothing_can_be_closed() -> None:
    graph = drawn("R1 --p0-- a --p1-- b")
    result = isolate(graph, graph.find("pipe", "p1"))
    assert not len(result.close)
    assert set(result.warnings) == {Warned.NO_BOUNDARY, Warned.CONTAINS_SOURCE}


def test_a_pressure_reducer_feeds_one_way_only() -> None:
    graph = drawn("""
        R1 --p0-- x ==v0== a >>prv>> b ==v1== c --p1-- R2
        x --p3-- y ==v3== a
    """)
    result = isolate(graph, graph.find("junction", "x"))
    assert codes(graph, result.cut_off)[0] == {"a"}, "the water of R2 does not come back through the reducer"


def test_connected_stops_at_what_is_closed() -> None:
    graph = drawn("R1 --p0-- a ==v1== b --p1-- c =/v2/= d")
    assert codes(graph, connected(graph, graph.find("junction", "b")).part) == (
        {"R1", "a", "b", "c"},
        {"p0", "v1", "p1"},
    )


def test_upstream_of_a_branch_is_the_way_to_its_source() -> None:
    graph = drawn(STREET)
    result = upstream(graph, graph.find("junction", "e"))
    assert codes(graph, result.part) == (
        {"R1", "a", "b", "c", "d", "e"},
        {"p0", "v1", "p1", "v2", "p2"},
    )
    assert result.warnings == ()


def test_downstream_of_a_pipe_leaves_its_neighbours_out() -> None:
    graph = drawn(STREET)
    result = downstream(graph, graph.find("pipe", "p3"))
    assert codes(graph, result.part)[0] == {"f", "g", "h"}
    assert codes(graph, result.part)[1] == {"p3", "v3", "p4"}


def test_upstream_takes_both_ways_round_a_ring_and_says_so() -> None:
    graph = drawn(RING)
    result = upstream(graph, graph.find("pipe", "p5"))
    assert codes(graph, result.part)[1] == {"p0", "p1", "p2", "p3", "p4", "p5"}
    assert result.warnings == (Warned.LOOPED,)


def test_downstream_within_a_ring_is_all_behind_its_entry() -> None:
    graph = drawn(RING)
    assert codes(graph, downstream(graph, graph.find("junction", "b")).part)[0] == {"b", "c", "d", "e"}
    assert codes(graph, downstream(graph, graph.find("junction", "d")).part)[0] == {"d", "e"}


def test_nothing_is_upstream_of_a_place_without_supply() -> None:
    graph = drawn("R1 --p0-- a =/v1/= b --p1-- c")
    assert upstream(graph, graph.find("junction", "c")).warnings == (Warned.NOT_SUPPLIED,)
    assert downstream(graph, graph.find("junction", "c")).warnings == (Warned.NOT_SUPPLIED,)


def test_upstream_follows_closed_switches_to_the_substation() -> None:
    graph = drawn(FEEDER)
    assert codes(graph, upstream(graph, graph.find("junction", "b3")).part)[1] == {
        "l0",
        "s1",
        "tr1",
        "l4",
        "s4",
    }
    assert codes(graph, upstream(graph, graph.find("junction", "b5")).part)[1] == {"l3", "s3", "tr2", "l5"}


def test_downstream_of_a_transformer_is_its_low_voltage_network() -> None:
    graph = drawn(FEEDER)
    assert codes(graph, downstream(graph, graph.find("transformer", "tr1")).part)[0] == {"b1", "b2", "b3"}


def test_supply_groups_are_transformers_below_and_segments_elsewhere() -> None:
    graph = drawn(FEEDER)
    below = supply_group(graph, graph.find("junction", "b3"))
    assert (below.kind, below.key) == ("transformer", "tr1")
    assert supply_group(graph, graph.find("transformer", "tr2")).key == "tr2"
    assert supply_group(graph, graph.find("line", "l1")).kind == "segment"


def test_places_of_one_segment_share_their_group() -> None:
    graph = drawn(STREET)
    keys = {code: supply_group(graph, graph.find("junction", code)).key for code in "abcfdeg"}
    assert keys["b"] == keys["c"] == keys["f"]
    assert len(set(keys.values())) == 4


def test_an_unknown_element_is_refused() -> None:
    with pytest.raises(UnknownElementError):
        drawn(STREET).find("pipe", "nowhere")


def test_a_branch_below_a_transformer_is_not_taken_for_a_loop() -> None:
    graph = drawn(FEEDER)
    assert downstream(graph, graph.find("transformer", "tr1")).warnings == ()
