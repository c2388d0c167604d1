"""Mend what the checks found, one by one and in bulk, and take it back."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.utils import translation

from backend.core import clock
from backend.core.errors import InvalidInput, VersionConflict
from backend.core.models import User
from gis.domain.placement import geodesic_length_m
from gis.domain.rows import LinkRow, NodeRow
from gis.errors import RepairImpossible, RepairOutdated
from gis.models import (
    ConnectionPoint,
    ConnectionPointAlias,
    Link,
    LinkEvent,
    Network,
    Node,
    QualityFinding,
    Zone,
    ZoneMembership,
)
from gis.queries import directed_trace
from gis.services import add_elements, check_networks, derive_memberships
from gis.services.quality import ignore_findings, reopen_finding, repair_finding, repair_findings
from telemetry.models import Device
from tests.factories.core import hicham, salma
from tests.factories.gis import built, customers, square, zone
from tests.integration.gis.test_quality_checks import EDGE, METRE, at, pipe

pytestmark = pytest.mark.django_db


def boss() -> User:
    """Return the supervisor who decides."""
    return User.objects.filter(username="salma").first() or salma()


def found(code: str) -> QualityFinding:
    """Check everything and return the one finding of a check."""
    check_networks()
    return QualityFinding.objects.get(check_code=code, state="open")


def still(code: str) -> int:
    """Count the open findings of a check, without checking again."""
    return QualityFinding.objects.filter(check_code=code, state="open").count()


def rows() -> dict[str, list[Any]]:
    """Return every element as it stands, but for its version."""
    left_out = {"version", "geom_3857"}
    return {
        model.__name__: [
            {key: str(value) for key, value in row.items() if key not in left_out}
            for row in model.objects.order_by("pk").values()
        ]
        for model in (Node, Link, ConnectionPoint)
    }


@pytest.fixture
def branch() -> Network:
    """A street, and 30 cm beside its first pipe a branch that serves a customer; two more along the pipe."""
    network = built(EDGE)
    customers(network, C1="b")
    pipe(network, "p9", "x", "y", at(50, 0.3), at(50, 60))
    customers(network, C2="y", near="R1", far="a")
    p1, a = Link.objects.get(code="p1"), Node.objects.get(code="a")
    ConnectionPoint.objects.filter(code="near").update(link=p1, node=a, geom=Point(at(20, 5), srid=4326))
    ConnectionPoint.objects.filter(code="far").update(link=p1, geom=Point(at(80, 5), srid=4326))
    return network


def test_a_free_end_is_joined_to_the_pipe_beside_it_which_is_cut_there(branch: Network) -> None:
    length = Link.objects.get(code="p1").length_m
    repaired = repair_finding(finding=found("unsnapped_end"), actor=boss())
    assert (repaired.state, repaired.transitions.get().actor) == ("repaired", boss())
    p1, rest, p9 = (Link.objects.get(code=code) for code in ("p1", "p1-2", "p9"))
    assert (p1.end_node.code, rest.start_node.code, rest.end_node.code) == ("x", "x", "a")
    assert p1.length_m + rest.length_m == pytest.approx(length, abs=0.01)
    assert p1.geom.coords[-1] == rest.geom.coords[0] == p9.geom.coords[0]
    near, far = (ConnectionPoint.objects.get(code=code) for code in ("near", "far"))
    assert (near.link.code, near.node.code) == ("p1", "x")
    assert (far.link.code, far.node.code) == ("p1-2", "a")


def test_what_a_repair_mends_elsewhere_is_gone_at_once_and_traces_see_it(branch: Network) -> None:
    finding = found("unsnapped_end")
    assert still("island") == 1
    repair_finding(finding=finding, actor=boss())
    assert still("island") == 0
    trace = directed_trace("rue", "downstream", "pipe", "p1")
    assert {point.code for point in trace.connection_points} >= {"C1", "C2"}


def test_undoing_a_repair_puts_back_every_row(branch: Network) -> None:
    before = rows()
    finding = repair_finding(finding=found("unsnapped_end"), actor=boss())
    assert rows() != before
    reopened = reopen_finding(finding=finding, actor=boss(), version=finding.version)
    assert rows() == before
    assert (reopened.state, still("island")) == ("open", 1)
    assert [step.to_state for step in reopened.transitions.all()] == ["open", "repaired"]
    assert LinkEvent.objects.filter(pgh_context__finding_id=finding.pk).exists()


def test_a_repair_is_not_undone_over_later_work(branch: Network) -> None:
    finding = repair_finding(finding=found("unsnapped_end"), actor=boss())
    Link.objects.filter(code="p1-2").update(version=7)
    with pytest.raises(RepairOutdated):
        reopen_finding(finding=finding, actor=boss())
    assert Link.objects.filter(code="p1-2").exists()


def test_a_node_beside_another_is_merged_into_it_and_comes_back() -> None:
    network = built(EDGE)
    pipe(network, "p9", "x", "y", at(91.287 + 0.2), at(91.287, 60))
    customers(network, C1="x", C2="y", C3="b")
    before = rows()
    finding = repair_finding(finding=found("unsnapped_end"), actor=boss())
    assert not Node.objects.filter(code="x").exists()
    assert Link.objects.get(code="p9").start_node.code == "a"
    assert ConnectionPoint.objects.get(code="C1").node.code == "a"
    reopen_finding(finding=finding, actor=boss())
    assert rows() == before


def test_an_end_is_drawn_to_its_node_and_measured_again_if_it_was() -> None:
    built(EDGE)
    p2 = Link.objects.get(code="p2")
    line = LineString(at(91.287, 5), at(182.574), srid=4326)
    Link.objects.filter(pk=p2.pk).update(geom=line, length_m=geodesic_length_m(line.coords))
    repair_finding(finding=found("end_off_node"), actor=boss())
    drawn = Link.objects.get(code="p2")
    assert drawn.geom.coords[0] == p2.start_node.geom.coords
    assert drawn.length_m == pytest.approx(p2.length_m, abs=0.01)
    assert still("end_off_node") == 0


def test_a_link_drawn_twice_passes_its_customers_on_and_goes() -> None:
    network = built(EDGE)
    first, last = (Node.objects.get(code=code).geom.coords for code in ("R1", "a"))
    pipe(network, "twin", "R1", "a", first, last)
    customers(network, C1="a", C2="b")
    ConnectionPoint.objects.filter(code="C1").update(link=Link.objects.get(code="twin"))
    before = rows()
    finding = repair_finding(finding=found("duplicate_link"), actor=boss())
    assert not Link.objects.filter(code="twin").exists()
    assert ConnectionPoint.objects.get(code="C1").link.code == "p1"
    reopen_finding(finding=finding, actor=boss())
    assert rows() == before


def test_a_point_is_attached_to_the_nearest_pipe_at_its_nearer_end() -> None:
    network = built(EDGE)
    customers(network, C1="b", C2="b")
    ConnectionPoint.objects.filter(code="C1").update(node=None, geom=Point(at(70, 8), srid=4326))
    finding = repair_finding(finding=found("point_without_node"), actor=boss())
    point = ConnectionPoint.objects.get(code="C1")
    assert (point.link.code, point.node.code) == ("p1", "a")
    reopen_finding(finding=finding, actor=boss())
    assert ConnectionPoint.objects.get(code="C1").node is None


def test_a_point_becomes_a_member_of_its_zone_for_good() -> None:
    customers(built(EDGE), C1="R1", C2="b")
    zone("west", square(-2.3205, 34.9195))
    finding = repair_finding(finding=found("point_without_zone"), actor=boss())
    assert ZoneMembership.objects.get().connection_point.code == "C1"
    with pytest.raises(RepairOutdated):
        reopen_finding(finding=finding, actor=boss())


def test_the_overlap_of_two_zones_goes_to_the_one_that_does_not_give_way() -> None:
    zone("large", square(-2.33, 34.91, 0.02))
    zone("small", square(-2.3115, 34.9195, 0.002))
    finding = repair_finding(finding=found("overlapping_zones"), actor=boss())
    large, small = (Zone.objects.get(code=code) for code in ("large", "small"))
    assert not large.geom.relate_pattern(small.geom, "T********")
    assert small.geom.equals_exact(square(-2.3115, 34.9195, 0.002), 1e-9) or small.version == 1
    reopened = reopen_finding(finding=finding, actor=boss())
    assert Zone.objects.get(code="large").geom.area == pytest.approx(0.0004)
    repair_finding(finding=reopened, actor=boss(), choice="small")
    assert Zone.objects.get(code="small").geom.area < 4e-6


def test_a_loop_opens_at_the_switch_that_a_person_chooses() -> None:
    built("R1 ++l1++ a ##s1## b\nR1 ++l3++ c ##s2## b")
    finding = found("loop")
    with pytest.raises(InvalidInput):
        repair_finding(finding=finding, actor=boss())
    repaired = repair_finding(finding=finding, actor=boss(), choice="s2")
    opened = Link.objects.get(code="s2")
    assert (opened.state, opened.state_source, still("loop")) == ("open", "staff", 0)
    reopen_finding(finding=repaired, actor=boss())
    assert Link.objects.get(code="s2").state == "closed"
    assert still("loop") == 1


def test_several_are_repaired_at_once_and_those_that_cannot_be_say_why(branch: Network) -> None:
    place = Node.objects.get(code="a").geom.coords
    pipe(branch, "p8", "a2", "z", place, at(91.287, -60))
    check_networks()
    findings = list(QualityFinding.objects.filter(state="open"))
    decided = repair_findings(findings=findings, actor=boss())
    by_check = {finding.pk: finding.check_code for finding in findings}
    assert [by_check[pk] for pk in decided.refused] == ["dangling_end"]
    assert (decided.done, len(findings)) == (2, 5), "islands and their ends suggest the same repairs"
    assert set(QualityFinding.objects.filter(state="open").values_list("subject_code", flat=True)) == {"z"}


def test_what_asks_a_question_is_repaired_one_by_one() -> None:
    built("R1 ++l1++ a ##s1## b\nR1 ++l3++ c ##s2## b")
    with translation.override("en"):
        decided = repair_findings(findings=[found("loop")], actor=boss())
    assert (decided.done, list(decided.refused.values())) == (0, ["Which switch is open?"])


def test_a_finding_is_ignored_with_a_reason_and_waits_again_when_that_is_taken_back() -> None:
    built(EDGE)
    finding = found("dangling_end")
    with pytest.raises(InvalidInput):
        ignore_findings(findings=[finding], actor=boss(), reason=" ")
    assert ignore_findings(findings=[finding], actor=boss(), reason="Bouchon posé en 2019").done == 1
    check_networks()
    ignored = QualityFinding.objects.get()
    assert (ignored.state, ignored.transitions.get().reason) == ("ignored", "Bouchon posé en 2019")
    assert reopen_finding(finding=ignored, actor=boss()).state == "open"


def test_a_decision_meets_the_version_that_the_person_saw_and_the_role_it_needs() -> None:
    built(EDGE)
    finding = found("dangling_end")
    dispatcher = hicham()
    assert ignore_findings(findings=[finding], actor=dispatcher, reason="bouchon").done == 0
    with pytest.raises(RepairImpossible):
        repair_finding(finding=finding, actor=boss(), repair="merge_node")
    with pytest.raises(VersionConflict):
        reopen_finding(finding=finding, actor=boss(), version=9)
    assert QualityFinding.objects.get().version == 1


def test_an_element_that_something_hangs_on_is_not_removed() -> None:
    network = built(EDGE)
    place = Node.objects.get(code="b").geom.coords
    nodes = [NodeRow("b2", "junction", place), NodeRow("z", "junction", at(182.574, 60))]
    link = LinkRow("p8", "pipe", ("junction", "b2"), ("junction", "z"), (place, at(182.574, 60)))
    add = {"network_code": network.code, "nodes": nodes, "links": [link]}
    add_elements(**add)
    Device.objects.create(code="PL-1", name="Enregistreur", protocol="mqtt", node=Node.objects.get(code="b2"))
    check_networks()
    finding = QualityFinding.objects.filter(repair="merge_node", subject_code="b2").first()
    assert finding is not None
    with pytest.raises(RepairImpossible):
        repair_finding(finding=finding, actor=boss())
    assert Node.objects.filter(code="b2").exists()


def test_a_capped_end_is_known_from_then_on() -> None:
    built(EDGE)
    finding = repair_finding(finding=found("dangling_end"), actor=boss())
    assert Node.objects.get(code="b").attributes["capped"] is True
    check_networks()
    assert still("dangling_end") == 0
    reopen_finding(finding=finding, actor=boss())
    assert Node.objects.get(code="b").attributes == {}
    check_networks()
    assert still("dangling_end") == 1


def test_what_is_said_of_the_ground_is_said_of_several_by_its_name_alone() -> None:
    built("R1 --p1-- a --p2-- b\na --p3-- c")
    check_networks()
    findings = QualityFinding.objects.filter(check_code="dangling_end")
    assert len(repair_findings(findings=findings, actor=boss()).refused) == 2
    assert repair_findings(findings=findings, actor=boss(), repair="separate_island").done == 0
    assert repair_findings(findings=findings, actor=boss(), repair="cap_end").done == 2
    check_networks()
    assert still("dangling_end") == 0


def test_an_island_is_joined_to_the_network_beside_it_or_stands_apart_on_purpose() -> None:
    network = built("R1 --p1-- a --p2-- b")
    beside = at(91.287, 0.3)
    pipe(network, "p7", "x", "y", at(91.287 - 60, 20), beside)
    pipe(network, "p8", "y", "z", beside, at(91.287 + 60, 20))
    before = rows()
    finding = found("island")
    assert (finding.subject_code, finding.repair, finding.details["other"]) == ("y", "merge_node", "a")
    joined = repair_finding(finding=finding, actor=boss())
    assert Link.objects.get(code="p7").end_node.code == "a"
    assert still("island") == 0
    reopened = reopen_finding(finding=joined, actor=boss())
    assert rows() == before
    apart = repair_finding(finding=reopened, actor=boss(), repair="separate_island")
    check_networks()
    assert (apart.repair, still("island")) == ("separate_island", 0)
    reopen_finding(finding=apart, actor=boss())
    check_networks()
    assert QualityFinding.objects.get(check_code="island", state="open").repair == "merge_node"


def test_a_duplicate_point_becomes_an_old_reference_of_the_one_kept_and_comes_back() -> None:
    network = built(EDGE)
    zone("west", square(-2.33, 34.91, 0.02))
    customers(network, **{"W-00012": "b", "w 12": "b"})
    derive_memberships()
    gone = ConnectionPoint.objects.get(code="w 12")
    ConnectionPoint.objects.filter(code="w 12").update(critical_kind="hospital")
    ConnectionPointAlias.objects.create(network=network, connection_point=gone, reference="A-7")
    before, held = rows(), memberships()
    finding = repair_finding(finding=found("duplicate_point"), actor=boss())
    kept = ConnectionPoint.objects.get()
    assert sorted(alias.reference for alias in kept.aliases.all()) == ["A-7", "w 12"]
    assert (kept.code, kept.critical_kind) == ("W-00012", "hospital")
    reopen_finding(finding=finding, actor=boss())
    assert (rows(), memberships()) == (before, held)
    assert ConnectionPointAlias.objects.get().connection_point_id == gone.pk


def test_of_two_duplicate_points_the_one_in_use_is_kept_and_two_in_use_stay() -> None:
    network = built(EDGE)
    customers(network, **{"W-00012": "b", "w 12": "b"})
    in_use, other = ConnectionPoint.objects.get(code="w 12"), ConnectionPoint.objects.get(code="W-00012")
    device = {"name": "Compteur", "protocol": "mqtt"}
    Device.objects.create(code="CM-1", connection_point=in_use, **device)
    finding = repair_finding(finding=found("duplicate_point"), actor=boss())
    assert ConnectionPoint.objects.get() == in_use
    reopened = reopen_finding(finding=finding, actor=boss())
    Device.objects.create(code="CM-2", connection_point=other, **device)
    with pytest.raises(RepairImpossible):
        repair_finding(finding=reopened, actor=boss())
    assert ConnectionPoint.objects.count() == 2


def test_codes_alike_far_apart_are_left_to_a_person() -> None:
    customers(built(EDGE), **{"W-00012": "a", "w 12": "b"})
    assert found("duplicate_point").repair == ""


def test_the_nearest_zone_is_extended_to_a_point_just_outside_it_and_drawn_back() -> None:
    network = built(EDGE)
    customers(network, C1="a", C2="b")
    west = zone("west", square(at(0)[0], 34.9195, 71 * METRE))
    zone("east", square(at(140)[0], 34.919, 0.002))
    derive_memberships()
    before = Zone.objects.get(code="west").geom
    finding = repair_finding(finding=found("point_outside_zones"), actor=boss())
    assert ZoneMembership.objects.get(connection_point__code="C1", valid__contains=clock.now()).zone == west
    assert Zone.objects.get(code="west").geom.area < before.area * 1.1
    reopen_finding(finding=finding, actor=boss())
    assert Zone.objects.get(code="west").geom.equals_exact(before, 1e-9)


def memberships() -> list[tuple[int, str]]:
    """Return who is a member of which zone, and since when."""
    return [
        (row.connection_point_id, f"{row.zone.code} {row.valid.lower}")
        for row in ZoneMembership.objects.order_by("connection_point_id")
    ]
