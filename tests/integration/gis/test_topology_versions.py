"""Graphs in memory follow the database: what another connection committed is in the next trace, no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from gis.models import Link, Network, Node, StaleArea, TopologyChange
from gis.queries import directed_trace, isolation_trace, loading, shortest_path_trace, topology
from gis.services import set_link_state
from gis.services.freshness import elements_edited, touch_topology
from tests.factories.gis import built

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
STREET = """
R1 --p0-- a ==v1== b --p1-- c ==v2== d --p2-- e
b --p3-- f ==v3== g --p4-- h
"""
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def street() -> Iterator[Network]:
    topology.forget()
    yield built(STREET)
    topology.forget()


@pytest.fixture
def whole_reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note each time that a network is read whole."""
    read: list[int] = []
    plain = loading.read_nodes

    def noted(**which: Any) -> Any:
        if "network_id" in which:
            read.append(which["network_id"])
        return plain(**which)

    monkeypatch.setattr(topology, "read_nodes", noted)
    return read


def elsewhere(work: Any) -> None:
    """Do something on a connection of its own, as another process would."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()


def link(code: str) -> Link:
    return Link.objects.select_related("network").get(code=code)


def fed() -> set[str]:
    return {node.code for node in directed_trace("rue", "connected", "junction", "e").nodes}


def test_a_valve_closed_by_another_process_is_in_the_next_trace(
    street: Network, whole_reads: list[int]
) -> None:
    assert len(fed()) == 9
    elsewhere(lambda: set_link_state(link_id=link("v2").pk, state="closed", at=NOON))
    assert fed() == {"d", "e"}
    assert whole_reads == [street.pk], "only the valve was read again"


def test_a_network_that_did_not_change_costs_one_query(street: Network) -> None:
    fed()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        topology.network_graph("rue")
    assert len(asked) == 1


def test_what_a_transaction_wrote_stays_its_own_until_committed(street: Network) -> None:
    seen: list[set[str]] = []
    assert len(fed()) == 9
    with transaction.atomic():
        set_link_state(link_id=link("v2").pk, state="closed", at=NOON)
        assert fed() == {"d", "e"}
        elsewhere(lambda: seen.append(fed()))
        transaction.set_rollback(True)
    assert len(seen[0]) == 9
    assert len(fed()) == 9


def test_an_element_added_or_removed_is_read_alone(street: Network, whole_reads: list[int]) -> None:
    fed()
    new = Node.objects.create(network=street, code="i", kind="junction", geom=Point(-2.31, 34.92, srid=4326))
    joined = Link.objects.create(
        network=street,
        code="p9",
        kind="pipe",
        start_node=Node.objects.get(code="e"),
        end_node=new,
        geom=LineString((-2.316, 34.92), (-2.31, 34.92), srid=4326),
        length_m=500,
    )
    touch_topology(street, nodes=[new.pk], links=[joined.pk])
    assert "i" in fed()
    set_link_state(link_id=link("v2").pk, state="closed", at=NOON)
    assert fed() == {"d", "e", "i"}
    gone = joined.pk
    joined.delete()
    touch_topology(street, links=[gone])
    assert fed() == {"d", "e"}, "the valve stays closed"
    assert whole_reads == [street.pk]


def test_a_version_that_tells_nothing_is_met_by_reading_the_network_again(
    street: Network, whole_reads: list[int]
) -> None:
    fed()
    Link.objects.filter(code="v2").update(state="closed")
    Network.objects.filter(pk=street.pk).update(topology_version=street.topology_version + 7)
    assert fed() == {"d", "e"}
    assert len(whole_reads) == 2


def test_customers_who_come_change_no_graph(street: Network) -> None:
    before = topology.network_graph("rue").graph
    touch_topology(street, points_alone=True)
    assert topology.network_graph("rue").graph is before
    assert TopologyChange.objects.filter(network=street).latest("pk").scope == "none"


def test_a_link_drawn_away_from_its_node_makes_a_stale_area_until_it_is_joined_again(street: Network) -> None:
    pipe, sound = link("p1"), link("p1").geom
    end = sound[-1]
    with transaction.atomic():
        Link.objects.filter(pk=pipe.pk).update(
            geom=LineString(sound[0], (end[0], end[1] + 0.0005), srid=4326)
        )
        elements_edited(street, links=[pipe.pk])
    found = isolation_trace("rue", "junction", "c")
    assert "stale_area" in found.warning_codes
    (area,) = found.stale_areas
    assert (area.link, area.distance_m) == ("p1", pytest.approx(55.5, abs=1))
    assert area.west < end[0] < area.east
    assert "stale_area" not in isolation_trace("rue", "junction", "g").warning_codes
    with transaction.atomic():
        Link.objects.filter(pk=pipe.pk).update(geom=sound)
        elements_edited(street, links=[pipe.pk])
    assert "stale_area" not in isolation_trace("rue", "junction", "c").warning_codes
    assert StaleArea.objects.get().settled_at is not None


def test_the_first_trace_finds_what_was_read_ahead(street: Network, whole_reads: list[int]) -> None:
    topology.read_ahead()
    assert whole_reads == [street.pk]
    isolation_trace("rue", "pipe", "p1")
    assert whole_reads == [street.pk]


def test_what_a_transaction_saw_of_its_own_is_not_kept_after_it(street: Network) -> None:
    with transaction.atomic():
        set_link_state(link_id=Link.objects.get(code="v1").pk, state="closed", at=NOON)
        isolation_trace("rue", "pipe", "p1")
        assert "rue" in topology._own
    isolation_trace("rue", "pipe", "p1")
    assert topology._own == {}


def test_a_trace_between_two_places_looks_at_one_graph(
    street: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def noted(code: str) -> Any:
        looked.append(code)
        return topology.network_graph(code)

    monkeypatch.setattr("gis.queries.traces.running.network_graph", noted)
    shortest_path_trace("rue", ("junction", "a"), ("junction", "e"))
    assert looked == ["rue"]


def test_a_valve_removed_while_a_trace_runs_is_left_out(
    street: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = topology.network_graph("rue")
    monkeypatch.setattr("gis.queries.traces.running.network_graph", lambda code: known)
    Link.objects.filter(code="v2").delete()
    found = isolation_trace("rue", "pipe", "p1")
    assert {valve.code for valve in found.valves} == {"v1", "v3"}
