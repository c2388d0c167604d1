"""Valves and switches that move, and traces that know it at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from backend.core.errors import InvalidInput
from gis.errors import NoSuchElement
from gis.events import network_changed
from gis.models import ConnectionPoint, Link, Network
from gis.queries import directed_trace, isolation_trace, nearest_element, supply_group
from gis.queries.tiles import layer_version
from gis.services import set_link_state
from tests.factories.gis import built, customers

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STREET = """
R1 --p0-- a ==v1== b --p1-- c ==v2== d --p2-- e
b --p3-- f ==v3== g --p4-- h
"""


@pytest.fixture
def street() -> Network:
    return built(STREET)


def link(code: str) -> Link:
    return Link.objects.get(code=code)


def test_the_newest_state_by_device_time_wins(street: Network) -> None:
    valve = link("v1").pk
    assert set_link_state(link_id=valve, state="closed", at=NOON)
    assert not set_link_state(link_id=valve, state="open", at=NOON - MINUTE, source="staff")
    assert (link("v1").state, link("v1").state_source) == ("closed", "telemetry")
    assert set_link_state(link_id=valve, state="open", at=NOON + MINUTE, source="staff")
    assert (link("v1").state, link("v1").state_source, link("v1").state_at) == (
        "open",
        "staff",
        NOON + MINUTE,
    )


def test_the_newest_wins_although_an_older_one_was_written_between_the_look_and_the_writing(
    street: Network,
) -> None:
    valve = Link.objects.get(code="v1")
    set_link_state(link_id=valve.pk, state="closed", at=NOON)
    late = {"state": "open", "at": NOON + timedelta(minutes=1), "link": valve.pk}
    writes: list[str] = []

    def someone_first(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('UPDATE "gis_link"') and not writes:
            writes.append(sql)
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE gis_link SET state = %(state)s, state_at = %(at)s WHERE id = %(link)s", late
                )
        return execute(sql, params, many, context)

    with connection.execute_wrapper(someone_first):
        assert set_link_state(link_id=valve.pk, state="closed", at=NOON + timedelta(minutes=2))

    valve.refresh_from_db()
    assert (valve.state, valve.state_at) == ("closed", NOON + timedelta(minutes=2))


def test_hearing_the_same_state_again_moves_only_its_time(street: Network) -> None:
    before = Network.objects.get().topology_version
    assert not set_link_state(link_id=link("v1").pk, state="open", at=NOON)
    assert link("v1").state_at == NOON
    assert Network.objects.get().topology_version == before


def test_a_closed_valve_is_in_the_next_trace(street: Network) -> None:
    assert len(directed_trace("rue", "connected", "junction", "e").nodes) == 9
    set_link_state(link_id=link("v2").pk, state="closed", at=NOON)
    assert {node.code for node in directed_trace("rue", "connected", "junction", "e").nodes} == {"d", "e"}
    found = isolation_trace("rue", "pipe", "p1")
    assert {(valve.code, valve.role) for valve in found.valves} == {
        ("v1", "close"),
        ("v3", "close"),
        ("v2", "already_closed"),
    }


def test_a_change_rolled_back_is_not_remembered(street: Network) -> None:
    with transaction.atomic():
        set_link_state(link_id=link("v2").pk, state="closed", at=NOON)
        assert len(directed_trace("rue", "connected", "junction", "e").nodes) == 2
        transaction.set_rollback(True)
    assert len(directed_trace("rue", "connected", "junction", "e").nodes) == 9


def test_a_change_is_signalled_once_committed(
    street: Network, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[int] = []
    links, nodes = layer_version("links"), layer_version("nodes")

    def listen(network_id: int, **kwargs: Any) -> None:
        heard.append(network_id)

    network_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            set_link_state(link_id=link("v2").pk, state="closed", at=NOON)
            assert heard == []
    finally:
        network_changed.disconnect(listen)
    assert heard == [street.pk]
    assert layer_version("links") != links
    assert layer_version("nodes") == nodes


def test_unknown_links_and_states_are_refused(street: Network) -> None:
    with pytest.raises(NoSuchElement):
        set_link_state(link_id=0, state="open", at=NOON)
    with pytest.raises(InvalidInput):
        set_link_state(link_id=link("v1").pk, state="ajar", at=NOON)


def test_critical_customers_come_first(street: Network) -> None:
    customers(street, C1="b", C2="c", C3="e", C4="h", C5="a")
    ConnectionPoint.objects.filter(code="C4").update(critical_kind="school")
    ConnectionPoint.objects.filter(code="C3").update(critical_kind="hospital")
    found = isolation_trace("rue", "pipe", "p1")
    assert [point.code for point in found.connection_points] == ["C3", "C4", "C1", "C2"]
    assert found.segment_key == "rue/b"


def test_a_valve_that_cannot_be_reached_is_worked_around(street: Network) -> None:
    found = isolation_trace("rue", "junction", "c", {"skip": [("valve", "v2")]})
    assert {valve.code for valve in found.valves} == {"v1", "v3"}
    assert found.warning_codes == ("skipped_barriers",)
    assert len(found.warnings) == 1


def test_a_connection_point_is_a_place_to_trace_from(street: Network) -> None:
    customers(street, C1="e")
    found = isolation_trace("rue", "connection_point", "C1")
    assert {valve.code for valve in found.valves} == {"v2"}
    with pytest.raises(NoSuchElement):
        isolation_trace("rue", "connection_point", "C9")


def test_places_of_one_segment_share_a_supply_group(street: Network) -> None:
    groups = {code: supply_group("rue", "junction", code) for code in ("b", "c", "f", "d")}
    assert groups["b"] == groups["c"] == groups["f"] != groups["d"]
    assert supply_group("rue", "junction", "nowhere") is None
    assert groups["b"] is not None
    assert groups["b"].key == "rue/segment/b"


def test_the_nearest_element_is_told_in_metres(street: Network) -> None:
    found = nearest_element(-2.3185, 34.9201)
    assert found is not None
    assert (found.code, found.kind, found.network) == ("v1", "valve", "rue")
    assert found.distance_m == pytest.approx(11.1, abs=0.2)
    assert nearest_element(-2.3185, 34.9201, utility="electricity") is None
