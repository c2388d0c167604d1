"""What the demo adds to its networks: valves, customers, and what isolation then finds."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest
from django.db.models import Sum

from gis.domain.rows import LinkRow, NodeRow
from gis.errors import NoSuchNetwork, UnknownElements
from gis.models import ConnectionPoint, Link, Network, Node
from gis.queries import isolation_trace
from gis.services import (
    ValvePlacement,
    add_elements,
    derive_connection_points,
    import_network,
    insert_valves,
)
from tests.factories.gis import built
from tests.integration.gis.conftest import LTOWN_PLACE

pytestmark = pytest.mark.django_db


def valves_of_the_demo() -> list[ValvePlacement]:
    """One at each pipe end that meets a junction of three or more pipes, with probability 0.6."""
    pipes = list(Link.objects.filter(kind="pipe").select_related("start_node", "end_node").order_by("code"))
    meeting = Counter(end.code for pipe in pipes for end in (pipe.start_node, pipe.end_node))
    seeded = random.Random(7)
    ends = [
        (pipe.code, end.code)
        for pipe in pipes
        for end in (pipe.start_node, pipe.end_node)
        if meeting[end.code] >= 3 and seeded.random() < 0.6
    ]
    return [ValvePlacement(f"valve-{n}", pipe, node) for n, (pipe, node) in enumerate(ends, start=1)]


def metres() -> float:
    return float(Link.objects.filter(kind__in=["pipe", "valve"]).aggregate(total=Sum("length_m"))["total"])


def test_valves_are_cut_in_once_and_keep_the_length(ltown: Network, ltown_file: Path) -> None:
    before, placements = metres(), valves_of_the_demo()
    assert insert_valves(network_code="ltown", placements=placements).created == len(placements) > 300
    assert metres() == pytest.approx(before, abs=1)
    version = Network.objects.get(code="ltown").topology_version
    assert insert_valves(network_code="ltown", placements=placements).unchanged == len(placements)
    report = import_network(path=ltown_file, code="ltown", file_format="epanet", place=LTOWN_PLACE)
    assert not report.changed, "the file does not undo the valves"
    assert Network.objects.get(code="ltown").topology_version == version


def test_closing_the_named_valves_parts_the_place_from_the_sources(ltown: Network) -> None:
    insert_valves(network_code="ltown", placements=valves_of_the_demo())
    graph = nx.MultiGraph()
    graph.add_edges_from(Link.objects.values_list("start_node__code", "end_node__code", "code"))
    pipes = random.Random(3).sample(
        sorted(Link.objects.filter(kind="pipe").values_list("code", flat=True)), 25
    )
    for code in pipes:
        found = isolation_trace("ltown", "pipe", code)
        left = graph.copy()
        left.remove_edges_from(
            [edge for edge in graph.edges(keys=True) if edge[2] in {v.code for v in found.valves}]
        )
        pipe = Link.objects.select_related("start_node").get(code=code)
        island = nx.node_connected_component(left, pipe.start_node.code)
        assert island == {node.code for node in found.nodes if node.role == "isolated"}
        sources = island & {"R1", "R2", "T1"}
        assert bool(sources) == ("contains_source" in found.warning_codes)


def test_customers_are_in_proportion_to_demand_along_the_pipes(ltown: Network) -> None:
    first = derive_connection_points(network_code="ltown")
    points = ConnectionPoint.objects.filter(network=ltown)
    assert first.created == points.count()
    assert points.order_by("code").first().code == "W-00001"  # type: ignore[union-attr]
    per_node = Counter(points.values_list("node__code", flat=True))
    node = Node.objects.get(code="n105")
    assert per_node["n105"] == -(-node.attributes["base_demand_m3_h"] // 0.1)
    assert not points.filter(link=None).exists()
    assert set(points.exclude(critical_kind="").values_list("critical_kind", flat=True)) == {
        "hospital",
        "dialysis",
        "school",
    }


def test_deriving_customers_again_adds_none_even_after_valves(ltown: Network) -> None:
    first = derive_connection_points(network_code="ltown")
    insert_valves(network_code="ltown", placements=valves_of_the_demo())
    again = derive_connection_points(network_code="ltown")
    assert (again.created, again.updated, again.unchanged) == (0, 0, first.created)


def test_a_valve_on_a_pipe_that_does_not_meet_the_node_is_refused() -> None:
    built("R1 --p1-- a --p2-- b")
    with pytest.raises(UnknownElements):
        insert_valves(network_code="rue", placements=[ValvePlacement("v1", "p1", "b")])
    assert not Link.objects.filter(kind="valve").exists()


def test_elements_added_are_marked_synthetic_and_join_the_trace() -> None:
    built("R1 --p1-- a")
    end = NodeRow("b", "junction", (-2.31, 34.92))
    line = ((-2.319, 34.92), (-2.31, 34.92))
    add_elements(
        network_code="rue", nodes=[end], links=[LinkRow("p2", "pipe", ("junction", "a"), end.key, line)]
    )
    added = Link.objects.get(code="p2")
    assert added.synthetic
    assert added.length_m == pytest.approx(822, rel=0.01)
    assert "b" in {node.code for node in isolation_trace("rue", "pipe", "p1").nodes}


def test_a_link_to_nowhere_is_refused_whole() -> None:
    built("R1 --p1-- a")
    line = ((-2.319, 34.92), (-2.31, 34.92))
    nodes = [NodeRow("b", "junction", (-2.31, 34.92))]
    links = [LinkRow("p2", "pipe", ("junction", "a"), ("junction", "nowhere"), line)]
    with pytest.raises(UnknownElements):
        add_elements(network_code="rue", nodes=nodes, links=links)
    assert not Node.objects.filter(code="b").exists()


def test_an_unknown_network_is_refused() -> None:
    with pytest.raises(NoSuchNetwork):
        insert_valves(network_code="nowhere", placements=[])
