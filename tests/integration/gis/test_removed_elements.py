"""What was removed is told, with who and when, and comes back where that is possible."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gis.attribution import attributed
from gis.models import ConnectionPoint, ConnectionPointEvent, Link, LinkEvent, Network, Node, TopologyChange
from gis.models import ConnectionPointAlias as Alias
from gis.models import ZoneMembership as Membership
from gis.services import assign_jurisdiction, derive_memberships
from tests.factories.core import hicham, person, salma
from tests.factories.gis import built, customers, square, zone

pytestmark = pytest.mark.django_db

LINKS, NODES, POINTS = (f"/api/v1/removed-{what}/" for what in ("links", "nodes", "connection-points"))


@pytest.fixture
def street() -> Network:
    network = built("R1 --p1-- a ==v1== b --p2-- c")
    customers(network, C1="c")
    return network


@pytest.fixture
def office(client: Client, street: Network) -> Client:
    user = salma()
    assign_jurisdiction(user=user)
    client.force_login(user)
    return client


def remove(model: Any, code: str, by: int | None = None) -> None:
    with attributed(user=by):
        model.objects.filter(code=code).delete()


def removed(client: Client, address: str, **asked: Any) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = client.get(address, asked).json()["results"]
    return results


def restore(client: Client, address: str, event: int) -> Any:
    return client.post(f"{address}{event}/restore/")


def test_removals_are_told_newest_first_with_who_and_where(office: Client) -> None:
    hand = person("souad", "supervisor", full_name="Souad Amrani")
    remove(Link, "v1", by=hand.pk)
    remove(Link, "p1")
    last, first = removed(office, LINKS)
    assert (last["code"], last["by"]) == ("p1", None)
    assert (first["code"], first["kind"], first["by"]) == ("v1", "valve", "Souad Amrani")
    assert (round(first["lon"], 4), first["is_back"]) == (-2.3185, False)
    assert [one["code"] for one in removed(office, LINKS, code="v1")] == ["v1"]
    assert removed(office, LINKS, bbox="0,0,1,1") == []
    assert removed(office, NODES) == []
    page = office.get(LINKS, {"limit": 1}).json()
    assert [one["code"] for one in office.get(page["next"]).json()["results"]] == ["v1"]


def test_a_link_comes_back_as_it_was_and_its_history_goes_on(office: Client) -> None:
    was = Link.objects.get(code="v1")
    remove(Link, "v1")
    version = Network.objects.get().topology_version
    (event,) = removed(office, LINKS)

    answer = restore(office, LINKS, event["id"])

    back = Link.objects.get(code="v1")
    assert (answer.status_code, back.pk, back.geom, back.state) == (200, was.pk, was.geom, was.state)
    assert removed(office, LINKS)[0]["is_back"]
    assert TopologyChange.objects.filter(version__gt=version, element_id=was.pk, scope="link").exists()
    told = office.get("/api/v1/links/v1/history/").json()["results"]
    assert [(one["what"], one["by"]) for one in told] == [("restored", "Salma Alami"), ("removed", None)]


def test_a_connection_point_comes_back_into_its_zone_and_without_the_node_that_is_gone(
    office: Client,
) -> None:
    zone("z", square(-2.33, 34.91, 0.03))
    derive_memberships()
    remove(ConnectionPoint, "C1")
    remove(Link, "p2")
    remove(Node, "c")
    (event,) = removed(office, POINTS)

    assert restore(office, POINTS, event["id"]).status_code == 200

    point = ConnectionPoint.objects.get(code="C1")
    assert point.node is None
    assert Membership.objects.get(connection_point=point).zone.code == "z"


def test_old_references_come_back_with_their_point_but_for_those_that_name_another_by_now(
    office: Client, street: Network
) -> None:
    point = ConnectionPoint.objects.get(code="C1")
    for reference in ("1987/44", "1992/7", "2001/3"):
        Alias.objects.create(network=street, connection_point=point, reference=reference)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM gis_connectionpointalias WHERE reference = '2001/3'")
        # As if it had gone earlier, in a transaction of its own.
        cursor.execute("ALTER TABLE gis_connectionpointaliasevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE gis_connectionpointaliasevent SET pgh_created_at = now() - interval '1 day'")
        cursor.execute("ALTER TABLE gis_connectionpointaliasevent ENABLE TRIGGER USER")
    remove(ConnectionPoint, "C1")
    customers(street, C2="b")
    other = ConnectionPoint.objects.get(code="C2")
    Alias.objects.create(network=street, connection_point=other, reference="1992/7")
    (event,) = removed(office, POINTS)

    assert restore(office, POINTS, event["id"]).status_code == 200

    held = Alias.objects.order_by("reference").values_list("reference", "connection_point__code")
    assert list(held) == [("1987/44", "C1"), ("1992/7", "C2")]


def test_what_cannot_come_back_says_why(office: Client) -> None:
    remove(ConnectionPoint, "C1")
    remove(Link, "p2")
    remove(Node, "c")
    (link,), (node,) = removed(office, LINKS), removed(office, NODES)
    refused = restore(office, LINKS, link["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "restore_impossible")
    assert "c" in refused.json()["errors"]["p2"][0]
    assert restore(office, NODES, node["id"]).status_code == 200
    assert restore(office, NODES, node["id"]).status_code == 409
    assert restore(office, LINKS, link["id"]).status_code == 200
    remove(Link, "p2")
    assert restore(office, LINKS, link["id"]).status_code == 409, "removed once more since"
    taken = Link.objects.get(code="p1")
    Link.objects.filter(pk=taken.pk).update(code="p2")
    (latest, _) = removed(office, LINKS)
    assert restore(office, LINKS, latest["id"]).status_code == 409
    assert restore(office, LINKS, 10**15).status_code == 404


def test_people_see_and_bring_back_what_lay_where_they_answer(office: Client) -> None:
    remove(Link, "p1")
    zone("east", square(-2.3185, 34.91, 0.02))
    colleague = Client()
    user = person("souad", "supervisor")
    assign_jurisdiction(user=user, zone_code="east")
    colleague.force_login(user)
    assert removed(colleague, LINKS) == []
    assert restore(colleague, LINKS, LinkEvent.objects.get().pk).status_code == 404
    page = f"/network/removed/link/{LinkEvent.objects.get().pk}/restore/"
    assert colleague.post(page).status_code == 404


def test_the_page_lists_and_brings_back(office: Client) -> None:
    remove(ConnectionPoint, "C1")
    event = ConnectionPointEvent.objects.get()
    page = office.get("/network/removed/", {"table": "connection_point"}).content.decode()
    assert "C1" in page
    address = f"/network/removed/connection_point/{event.pk}/restore/"
    assert f'action="{address}"' in page
    assert office.post(address).status_code == 302
    again = office.post(address)
    assert (again.status_code, ConnectionPoint.objects.count()) == (409, 1)
    reader = hicham()
    assign_jurisdiction(user=reader)
    office.force_login(reader)
    page = office.get("/network/removed/", {"table": "connection_point"}).content.decode()
    assert "C1" in page
    assert "restore/" not in page
