"""Tests of editing elements over HTTP: versions, conflicts, what follows a move, and the history told."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from backend.core.models import User
from gis.models import Link, Network, Node, ZoneMembership
from gis.services import assign_jurisdiction, derive_memberships, set_link_state
from tests.factories.core import hicham, person, salma
from tests.factories.gis import built, customers, square, zone
from tests.integration.gis.test_history import NOON

pytestmark = pytest.mark.django_db

STREET = "R1 --p1-- a ==v1== b --p2-- c"
ADDRESS = "/api/v1/{}/{}/"


@pytest.fixture
def street() -> Network:
    network = built(STREET)
    customers(network, C1="b")
    return network


@pytest.fixture
def supervisor(client: Client, street: Network) -> Client:
    user = salma()
    assign_jurisdiction(user=user)
    client.force_login(user)
    return client


def edit(client: Client, what: str, code: str, version: int | None, **changes: Any) -> Any:
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    return client.patch(ADDRESS.format(what, code), changes, content_type="application/json", headers=headers)


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def history(client: Client, what: str, code: str) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = client.get(ADDRESS.format(what, code) + "history/").json()["results"]
    return results


def test_what_is_read_says_its_version_and_an_edit_raises_it(supervisor: Client) -> None:
    read = supervisor.get("/api/v1/links/p1/")
    assert read["ETag"] == '"1"'

    answer = edit(supervisor, "links", "p1", 1, diameter_mm=200)

    assert (answer.status_code, answer["ETag"]) == (200, '"2"')
    assert answer.json()["properties"]["diameter_mm"] == 200


@pytest.mark.parametrize("header", [None, "*", "2", 'W/"1"', '"1", "2"', "abc"])
def test_nobody_edits_without_saying_which_version(supervisor: Client, header: str | None) -> None:
    headers = {} if header is None else {"If-Match": header}
    answer = supervisor.patch(
        "/api/v1/links/p1/", {"diameter_mm": 5}, content_type="application/json", headers=headers
    )
    assert (answer.status_code, answer.json()["code"]) == (428, "version_not_told")
    assert Link.objects.get(code="p1").diameter_mm is None


def test_of_two_editors_the_second_is_shown_both_versions(supervisor: Client) -> None:
    edit(supervisor, "links", "p1", 1, diameter_mm=200)

    answer = edit(supervisor, "links", "p1", 1, diameter_mm=250)

    told = answer.json()
    assert (answer.status_code, told["code"]) == (412, "edited_meanwhile")
    assert (told["seen"]["properties"]["diameter_mm"], told["seen"]["properties"]["version"]) == (None, 1)
    assert (told["current"]["properties"]["diameter_mm"], told["version"]) == (200, 2)
    assert told["by"] == "Salma Alami"
    assert Link.objects.get(code="p1").diameter_mm == 200


def test_an_edit_that_changes_nothing_leaves_no_trace(supervisor: Client) -> None:
    answer = edit(supervisor, "links", "p1", 1, diameter_mm=None)
    assert (answer.status_code, answer["ETag"]) == (200, '"1"')
    assert history(supervisor, "links", "p1") == []


@pytest.mark.parametrize(
    ("what", "code", "changes"),
    [
        ("links", "p1", {"diametre": 3}),
        ("links", "p1", {"network": "other"}),
        ("links", "p1", {"diameter_mm": -1}),
        ("links", "p1", {"state": "ajar"}),
        ("links", "p1", {"geom": {"type": "Point", "coordinates": [-2.32, 34.92]}}),
        ("nodes", "a", {"geom": {"type": "Point", "coordinates": [200, 34.92]}}),
        ("nodes", "a", {"geom": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}}),
        ("nodes", "a", {"geom": {"type": "Point", "coordinates": []}}),
        ("nodes", "a", {"geom": "here"}),
        ("connection-points", "C1", {"category": "x" * 21}),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    supervisor: Client, what: str, code: str, changes: dict[str, Any]
) -> None:
    answer = edit(supervisor, what, code, 1, **changes)
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == set(changes)


def test_attributes_are_patched_name_by_name(supervisor: Client) -> None:
    edit(supervisor, "nodes", "a", 1, attributes={"material": "PVC", "laid": 1998})
    edit(supervisor, "nodes", "a", 2, attributes={"material": None, "depth_m": 1.2})

    assert Node.objects.get(code="a").attributes == {"laid": 1998, "depth_m": 1.2}
    newest = history(supervisor, "nodes", "a")[0]["differences"]
    assert {one["field"]: (one["before"], one["after"]) for one in newest} == {
        "attributes.depth_m": (None, 1.2),
        "attributes.material": ("PVC", None),
    }


def test_what_is_drawn_up_to_a_node_follows_it_and_is_measured_again(supervisor: Client) -> None:
    before = Link.objects.get(code="p2").length_m

    answer = edit(supervisor, "nodes", "c", 1, geom=point(-2.318, 34.92))

    assert answer.status_code == 200
    pipe = Link.objects.get(code="p2")
    assert pipe.geom[-1] == pytest.approx((-2.318, 34.92))
    assert pipe.length_m == pytest.approx(before, rel=1)
    assert pipe.length_m != before
    assert pipe.version == 2
    told = history(supervisor, "nodes", "c")[0]["differences"]
    assert [(one["field"], one["before"]) for one in told] == [("moved_m", None)]


def test_a_length_that_was_surveyed_outlives_a_move(supervisor: Client) -> None:
    Link.objects.filter(code="p2").update(length_m=500)
    edit(supervisor, "nodes", "c", 1, geom=point(-2.318, 34.92))
    assert Link.objects.get(code="p2").length_m == 500


def test_a_moved_valve_takes_its_ends_and_the_pipes_with_it(supervisor: Client) -> None:
    answer = edit(supervisor, "links", "v1", 1, geom=point(-2.3185, 34.9201))

    assert answer.status_code == 200
    valve = Link.objects.get(code="v1")
    assert valve.geom.interpolate_normalized(0.5).coords == pytest.approx((-2.3185, 34.9201))
    for end, node in ((valve.geom[0], "a"), (valve.geom[-1], "b")):
        assert Node.objects.get(code=node).geom.coords == pytest.approx(end)
    assert Link.objects.get(code="p1").geom[-1] == pytest.approx(valve.geom[0])
    assert Link.objects.get(code="p2").geom[0] == pytest.approx(valve.geom[-1])


def test_a_moved_connection_point_changes_zones_from_then_on(supervisor: Client) -> None:
    zone("here", square(-2.3185, 34.9195))
    zone("there", square(-2.3285, 34.9195))
    derive_memberships()

    edit(supervisor, "connection-points", "C1", 1, geom=point(-2.328, 34.92))

    periods = ZoneMembership.objects.values_list("zone__code", "valid").order_by("valid")
    assert [(code, valid.upper is None) for code, valid in periods] == [("here", False), ("there", True)]


def test_a_pipe_is_drawn_anew_between_its_nodes(supervisor: Client) -> None:
    ends = [list(end) for end in Link.objects.get(code="p1").geom.coords]
    bent = {"type": "LineString", "coordinates": [ends[0], [-2.3195, 34.9205], ends[1]]}
    assert edit(supervisor, "links", "p1", 1, geom=bent).status_code == 200
    assert Link.objects.get(code="p1").length_m > 100

    away = {"type": "LineString", "coordinates": [ends[0], [-2.31, 34.92]]}
    answer = edit(supervisor, "links", "p1", 2, geom=away)
    assert (answer.status_code, answer.json()["code"]) == (400, "ends_elsewhere")


def test_a_valve_closed_by_hand_is_in_the_topology(supervisor: Client, street: Network) -> None:
    edit(supervisor, "links", "v1", 1, state="closed")

    valve = Link.objects.get(code="v1")
    assert (valve.state, valve.state_source) == ("closed", "staff")
    street.refresh_from_db()
    assert street.topology_version > 1


def test_the_history_names_people_and_tells_what_telemetry_did_without_a_name(supervisor: Client) -> None:
    edit(supervisor, "links", "v1", 1, operable=False)
    set_link_state(link_id=Link.objects.get(code="v1").pk, state="closed", at=NOON)

    latest, first = history(supervisor, "links", "v1")

    assert (first["by"], first["version"]) == ("Salma Alami", 2)
    assert first["differences"] == [{"field": "operable", "before": True, "after": False}]
    assert latest["by"] is None
    assert latest["differences"] == [{"field": "state", "before": "open", "after": "closed"}]


def test_the_history_is_read_page_by_page(supervisor: Client) -> None:
    for number in range(25):
        edit(supervisor, "nodes", "a", number + 1, elevation_m=number)

    first = supervisor.get("/api/v1/nodes/a/history/").json()
    second = supervisor.get(first["next"]).json()

    assert (len(first["results"]), len(second["results"]), second["next"]) == (20, 5, None)
    told = [one["differences"][0]["after"] for one in first["results"] + second["results"]]
    assert told == list(range(24, -1, -1))


def test_dispatchers_read_the_history_and_do_not_edit(client: Client, street: Network) -> None:
    dispatcher = hicham()
    assign_jurisdiction(user=dispatcher)
    client.force_login(dispatcher)

    assert edit(client, "nodes", "a", 1, elevation_m=3).status_code == 403
    assert client.get("/api/v1/nodes/a/history/").status_code == 200


def test_nobody_edits_beyond_the_zones_assigned_nor_moves_things_out_of_them(
    client: Client, street: Network
) -> None:
    neighbour = _supervisor_of(client, "west")
    assert neighbour.patch("/api/v1/nodes/c/", {}, headers={"If-Match": '"1"'}).status_code == 404

    answer = edit(neighbour, "nodes", "R1", 1, geom=point(-2.31, 34.92))
    assert answer.status_code == 400
    assert "geom" in answer.json()["errors"]


def test_a_query_budget_holds_for_the_history(supervisor: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(5):
        edit(supervisor, "links", "p1", number + 1, diameter_mm=100 + number)
    with django_assert_max_num_queries(12):
        supervisor.get("/api/v1/links/p1/history/")


def _supervisor_of(client: Client, code: str) -> Client:
    zone(code, square(-2.3205, 34.9195))
    user: User = person("souad", "supervisor")
    assign_jurisdiction(user=user, zone_code=code)
    client.force_login(user)
    return client
