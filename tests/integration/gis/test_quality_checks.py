"""What the checks find wrong with a network, and what they leave alone."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.gis.geos import LineString
from django.core.management import CommandError, call_command
from django.utils import translation

from backend.core.errors import InvalidInput
from gis.domain.rows import ConnectionPointRow, LinkRow, NodeRow
from gis.errors import NoSuchNetwork
from gis.models import ConnectionPoint, Link, Network, Node, QualityFinding, QualityRun
from gis.services import (
    add_connection_points,
    add_elements,
    check_networks,
    derive_memberships,
    import_network,
)
from gis.services.quality import quality_checks, sentence
from tests.factories.gis import built, customers, square, zone
from tests.integration.gis.conftest import SCHUTTERWALD_PLACE

pytestmark = pytest.mark.django_db

METRE = 1 / 91_287
"""Degrees of longitude at 34.92 north."""
EDGE = "R1 --p1-- a --p2-- b"


def findings(code: str) -> list[str]:
    """Check everything; name the elements that a check found."""
    check_networks()
    rows = QualityFinding.objects.filter(check_code=code, state="open").order_by("subject_code")
    return list(rows.values_list("subject_code", flat=True))


def told(code: str) -> str:
    """Say in English what the one finding of a check says."""
    with translation.override("en"):
        return sentence(QualityFinding.objects.get(check_code=code, state="open"))


def pipe(network: Network, code: str, start: str, end: str, *line: tuple[float, float]) -> None:
    """Add a pipe along a line, with a junction at each end that is not there yet."""
    there = {node.code: node.kind for node in Node.objects.filter(network=network)}
    ends = ((start, line[0]), (end, line[-1]))
    nodes = [NodeRow(name, "junction", place) for name, place in ends if name not in there]
    keys = [(there.get(name, "junction"), name) for name in (start, end)]
    add_elements(
        network_code=network.code, nodes=nodes, links=[LinkRow(code, "pipe", keys[0], keys[1], line)]
    )


def at(metres_east: float, metres_north: float = 0.0) -> tuple[float, float]:
    """Return a place by its distance from the first node of a drawing."""
    return -2.32 + metres_east * METRE, 34.92 + metres_north / 110_900


def test_a_sound_street_has_nothing_to_find() -> None:
    customers(built("R1 --p1-- a --p2-- b ==v1== c --p3-- d"), C1="d")
    zone("west", square(-2.33, 34.91, 0.02))
    derive_memberships()
    check_networks()
    assert not QualityFinding.objects.exists()
    assert QualityRun.objects.count() == 2, "the network and the zones"


def test_an_end_that_serves_nobody_dangles() -> None:
    network = built("R1 --p1-- a --p2-- b")
    assert findings("dangling_end") == ["b"]
    assert told("dangling_end") == "Pipe \u2068p2\u2069 ends here and serves nobody."
    customers(network, C1="b")
    assert findings("dangling_end") == []
    assert QualityFinding.objects.get().state == "gone"


def test_an_end_with_a_demand_of_its_own_serves_somebody() -> None:
    built(EDGE)
    Node.objects.filter(code="b").update(attributes={"base_demand_m3_h": 1.5})
    assert findings("dangling_end") == []
    Node.objects.filter(code="b").update(attributes={"base_demand_m3_h": "beaucoup"})
    assert findings("dangling_end") == ["b"]


def test_an_end_within_the_tolerance_of_another_pipe_is_unsnapped_and_not_told_twice() -> None:
    network = built(EDGE)
    customers(network, C1="b")
    pipe(network, "p9", "x", "y", at(50, 0.3), at(50, 60))
    customers(network, C2="y")
    assert findings("unsnapped_end") == ["x"]
    assert told("unsnapped_end") == "This end stops 0.30 m from pipe \u2068p1\u2069 and is not joined to it."
    assert QualityFinding.objects.get(check_code="unsnapped_end").repair == "join_link"
    assert findings("dangling_end") == []
    assert findings("island") == ["x"]


def test_an_end_beside_a_node_is_told_of_the_node() -> None:
    network = built(EDGE)
    pipe(network, "p9", "x", "y", at(91.287 + 0.2), at(91.287, 60))
    check_networks()
    finding = QualityFinding.objects.get(check_code="unsnapped_end")
    assert (finding.details["other"], finding.repair) == ("a", "merge_node")


def test_the_tolerance_is_the_callers_and_stays() -> None:
    network = built(EDGE)
    pipe(network, "p9", "x", "y", at(50, 2.0), at(50, 60))
    assert findings("unsnapped_end") == []
    check_networks(network_code="rue", tolerance_m=3)
    assert findings("unsnapped_end") == ["x"]
    with pytest.raises(InvalidInput):
        check_networks(tolerance_m=0)


def test_an_electrical_line_ends_at_its_customer_beside_the_neighbours_and_under_another_voltage() -> None:
    network = built("R1 ++l1++ a ++l2++ b")
    customers(network, C1="b")
    nodes = [NodeRow("x", "bus", at(2 * 91.287 + 0.3, 0.1)), NodeRow("y", "bus", at(200, 40))]
    line = LinkRow("l9", "line", ("bus", "x"), ("bus", "y"), (nodes[0].position, nodes[1].position))
    add_elements(network_code="rue", nodes=nodes, links=[line])
    customers(network, C2="x")
    assert findings("unsnapped_end") == []
    ConnectionPoint.objects.all().delete()
    assert findings("unsnapped_end") == ["b", "x"]
    Node.objects.filter(code="x").update(attributes={"nominal_kv": 0.4})
    Node.objects.filter(code="b").update(attributes={"nominal_kv": 20})
    assert findings("unsnapped_end") == []


def test_an_end_drawn_off_its_node_is_found_at_the_place_where_it_stops() -> None:
    built(EDGE)
    Link.objects.filter(code="p2").update(geom=LineString(at(91.287, 5), at(182.574), srid=4326))
    assert findings("end_off_node") == ["p2"]
    finding = QualityFinding.objects.get(check_code="end_off_node")
    assert finding.details["distance_m"] == pytest.approx(5, abs=0.05)
    assert finding.geom.y == pytest.approx(at(0, 5)[1])


def test_nodes_at_one_place_are_duplicates_unless_a_link_joins_them() -> None:
    network = built("R1 --p1-- a --p2-- b ==v1== c")
    place = Node.objects.get(code="a").geom.coords
    pipe(network, "p9", "a2", "z", place, at(91.287, 80))
    pipe(network, "p10", "a2", "w", place, at(91.287, -80))
    Node.objects.filter(code="c").update(geom=Node.objects.get(code="b").geom)
    assert findings("duplicate_node") == ["a2"]


def test_a_pipe_drawn_twice_is_a_duplicate_and_pumps_side_by_side_are_not() -> None:
    network = built("R1 --p1-- a >>prv1>> b")
    start, end = (Node.objects.get(code=code) for code in ("R1", "a"))
    pipe(network, "p1-bis", "a", "R1", end.geom.coords, start.geom.coords)
    a, b = (Node.objects.get(code=code).geom.coords for code in "ab")
    add_elements(
        network_code="rue", links=[LinkRow("prv2", "prv", ("junction", "a"), ("junction", "b"), (a, b))]
    )
    assert findings("duplicate_link") == ["p1-bis"]
    Link.objects.filter(code="p1-bis").update(diameter_mm=110)
    assert findings("duplicate_link") == []


def test_codes_that_differ_in_their_writing_alone_are_duplicates() -> None:
    customers(
        built(EDGE), **{"W-00012": "a", "w 12": "b", "W-120": "b", "1-01": "a", "10-1": "b", "و-7": "a"}
    )
    assert findings("duplicate_point") == ["w 12"]


def test_an_island_is_told_once_with_what_it_holds() -> None:
    network = built("R1 --p1-- a\nb --p2-- c --p3-- d")
    customers(network, C1="c", C2="d")
    assert findings("island") == ["b"]
    assert told("island") == "3 nodes, 2 links, 2 connection points hang together without a source."


def test_a_loop_is_looked_for_in_electricity_alone_and_in_the_present_states() -> None:
    built("R1 --p1-- a --p2-- b\nR1 --p3-- c --p4-- b", code="eau")
    built("R1 ++l1++ a ##s1## b\nR1 ++l3++ c #/s2/# b", code="rue")
    assert findings("loop") == []
    Link.objects.filter(code="s2").update(state="closed")
    assert findings("loop") == ["s1"]
    finding = QualityFinding.objects.get(check_code="loop")
    assert finding.details | {"links": 4, "loops": 1, "choices": ["s1", "s2"]} == finding.details


def test_a_point_known_by_its_place_alone_waits_for_its_node() -> None:
    network = built(EDGE)
    points = [
        ConnectionPointRow("near", ("junction", "a"), at(50, 20)),
        ConnectionPointRow("far", ("junction", "a"), at(50, 400)),
    ]
    add_connection_points(network_code=network.code, points=points)
    ConnectionPoint.objects.update(node=None)
    assert findings("point_without_node") == ["far", "near"]
    rows = {row.subject_code: row for row in QualityFinding.objects.filter(check_code="point_without_node")}
    assert {code: row.repair for code, row in rows.items()} == {"near": "attach_point", "far": ""}
    assert rows["near"].details["other"] == "p1"
    assert rows["near"].details["distance_m"] == pytest.approx(20, abs=0.2)


def test_points_of_no_zone_are_told_by_whether_they_lie_in_one() -> None:
    customers(built(EDGE), C1="R1", C2="b")
    assert findings("point_outside_zones") == [], "no zone is drawn: none is missed"
    zone("west", square(-2.3205, 34.9195))
    assert findings("point_without_zone") == ["C1"]
    assert findings("point_outside_zones") == ["C2"]
    zone("current", square(-2.33, 34.91, 0.02), kind="transformer", utility="electricity")
    derive_memberships()
    assert findings("point_without_zone") == []
    assert findings("point_outside_zones") == ["C2"], "a transformer feeds no water"


def test_zones_of_one_kind_that_share_ground_overlap() -> None:
    zone("large", square(-2.33, 34.91, 0.02))
    zone("small", square(-2.3115, 34.9195, 0.002))
    zone("beside", square(-2.31, 34.91, 0.0005))
    zone("town", square(-2.33, 34.91, 0.02), kind="commune")
    assert findings("overlapping_zones") == ["large"]
    finding = QualityFinding.objects.get(check_code="overlapping_zones")
    assert (finding.network, finding.details["other"]) == (None, "small")


def test_what_was_ignored_stays_so_when_found_again_and_what_is_gone_comes_back_as_new() -> None:
    network = built(EDGE)
    check_networks()
    QualityFinding.objects.update(state="ignored")
    check_networks()
    assert QualityFinding.objects.get().state == "ignored"
    customers(network, C1="b")
    check_networks()
    ConnectionPoint.objects.all().delete()
    check_networks()
    assert sorted(QualityFinding.objects.values_list("state", flat=True)) == ["gone", "open"]
    assert QualityFinding.objects.get(state="gone").transitions.get().actor is None


def test_the_demo_networks_have_the_faults_that_are_in_them_and_no_others(
    ltown: Network, schutterwald_file: Path
) -> None:
    import_network(
        path=schutterwald_file, code="schutterwald", file_format="pandapower", place=SCHUTTERWALD_PLACE
    )
    found = {report.network: report.found for report in check_networks()}
    standing = {
        network: {code: one.standing for code, one in checks.items() if one.standing}
        for network, checks in found.items()
    }
    assert standing["schutterwald"] == {"loop": 1, "dangling_end": 1, "end_off_node": 27}
    assert set(standing["ltown"]) <= {"dangling_end"}
    loop = QualityFinding.objects.get(check_code="loop")
    assert loop.details["choices"] == ["switch-273", "switch-276", "switch-304", "switch-305"]


def test_the_command_tells_what_it_found() -> None:
    built(EDGE)
    out = StringIO()
    with translation.override("en"):
        call_command("check_network", "rue", "--list", stdout=out)
    assert "Dangling end: 1, 1 new, 0 gone" in out.getvalue()
    assert "junction b: Pipe \u2068p2\u2069 ends here" in out.getvalue()
    out = StringIO()
    call_command("check_network", "rue", "--check", "dangling_end", "--json", stdout=out)
    (report,) = json.loads(out.getvalue())
    assert (report["network"], report["found"]["dangling_end"]["standing"]) == ("rue", 1)
    with pytest.raises(CommandError, match="nowhere"):
        call_command("check_network", "nowhere")
    with pytest.raises(NoSuchNetwork):
        check_networks(network_code="nowhere")


def test_every_check_has_words_in_three_languages() -> None:
    for check in quality_checks():
        said = {language: _in(language, check.name) for language in ("en", "fr", "ar")}
        assert len(set(said.values())) == 3, said


def _in(language: str, text: object) -> str:
    with translation.override(language):
        return str(text)
