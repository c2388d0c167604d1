"""Networks, elements, zones, traces and search over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from django.test import Client

from gis.models import ConnectionPoint
from gis.queries import SearchHit, register_search
from gis.queries.search import _providers
from gis.services import assign_jurisdiction
from tests.factories.core import fatima, hicham, salma
from tests.factories.gis import built, customers, square, zone

pytestmark = pytest.mark.django_db

STREET = """
R1 --p0-- a ==v1== b --p1-- c ==v2== d --p2-- e
"""


@pytest.fixture
def street() -> None:
    network = built(STREET)
    customers(network, C1="b", C2="c", C3="e")


@pytest.fixture
def supervisor(client: Client) -> Client:
    user = salma()
    assign_jurisdiction(user=user)
    client.force_login(user)
    return client


def codes(answer: Any) -> list[str]:
    return [feature["properties"]["code"] for feature in answer.json()["features"]]


def test_a_page_follows_the_other_until_all_are_seen(street: None, supervisor: Client) -> None:
    seen, address = [], "/api/v1/links/?limit=2"
    while address:
        answer = supervisor.get(address)
        seen += codes(answer)
        address = answer.json()["next"]
    assert sorted(seen) == ["p0", "p1", "p2", "v1", "v2"]


def test_a_box_keeps_what_it_touches(street: None, supervisor: Client) -> None:
    assert sorted(codes(supervisor.get("/api/v1/nodes/?bbox=-2.3195,34.91,-2.3175,34.93"))) == ["a", "b"]
    assert codes(supervisor.get("/api/v1/links/?bbox=-2.3186,34.91,-2.3185,34.93")) == ["v1"]


@pytest.mark.parametrize("query", ["bbox=1,2,3", "bbox=a,b,c,d", "bbox=3,3,1,1", "limit=0", "cursor=!"])
def test_a_question_that_makes_no_sense_is_refused(street: None, supervisor: Client, query: str) -> None:
    answer = supervisor.get(f"/api/v1/nodes/?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_lists_are_filtered_by_what_elements_are(street: None, supervisor: Client) -> None:
    assert sorted(codes(supervisor.get("/api/v1/links/?kind=valve&network=rue"))) == ["v1", "v2"]
    assert codes(supervisor.get("/api/v1/links/?utility=electricity")) == []
    assert codes(supervisor.get("/api/v1/nodes/?is_source=true")) == ["R1"]


def test_one_element_is_found_by_its_code(street: None, supervisor: Client) -> None:
    answer = supervisor.get("/api/v1/links/p1/?network=rue").json()
    assert (answer["geometry"]["type"], answer["properties"]["start"]) == ("LineString", "b")
    assert supervisor.get("/api/v1/links/p9/").status_code == 404
    assert supervisor.get("/api/v1/connection-points/C1/").json()["properties"]["node"] == "b"


def test_a_code_that_two_networks_share_asks_which(street: None, supervisor: Client) -> None:
    built(STREET, code="avenue")
    assert supervisor.get("/api/v1/links/p1/").status_code == 400
    assert supervisor.get("/api/v1/links/p1/?network=avenue").status_code == 200


def test_lists_hold_to_a_few_queries(
    street: None, supervisor: Client, django_assert_max_num_queries: Any
) -> None:
    for path in ("nodes", "links", "connection-points", "zones"):
        with django_assert_max_num_queries(5):
            assert supervisor.get(f"/api/v1/{path}/?limit=100").status_code == 200


def test_staff_of_one_zone_get_404_for_what_lies_in_another(street: None, client: Client) -> None:
    user = hicham()
    zone("west", square(-2.3205, 34.9195))
    assign_jurisdiction(user=user, zone_code="west")
    client.force_login(user)
    assert codes(client.get("/api/v1/nodes/")) == ["R1"]
    assert client.get("/api/v1/nodes/e/").status_code == 404
    body = {"network": "rue", "kind": "isolation", "from": {"kind": "pipe", "code": "p2"}}
    assert client.post("/api/v1/traces/", body, content_type="application/json").status_code == 404


@pytest.mark.parametrize("path", ["networks", "nodes", "links", "connection-points", "traces"])
def test_networks_are_for_staff(street: None, client: Client, path: str) -> None:
    ask = client.post if path == "traces" else client.get
    assert ask(f"/api/v1/{path}/").status_code == 401
    client.force_login(fatima())
    assert ask(f"/api/v1/{path}/").status_code == 403


def test_zones_are_for_everyone(client: Client) -> None:
    zone("west", square(-2.3205, 34.9195))
    properties = client.get("/api/v1/zones/").json()["features"][0]["properties"]
    assert set(properties) == {
        *("code", "kind", "utility", "parent", "name", "name_fr", "name_ar", "valid_from", "valid_to"),
    }
    assert client.get("/api/v1/zones/west/").status_code == 200
    assert client.get("/api/v1/zones/nowhere/").status_code == 404


def test_networks_come_with_their_box_and_the_notice(street: None, supervisor: Client) -> None:
    answer = supervisor.get("/api/v1/networks/").json()
    assert answer["features"][0]["properties"]["code"] == "rue"
    assert answer["features"][0]["bbox"] == pytest.approx([-2.32, 34.92, -2.315, 34.92])
    assert answer["notice"] == ""


def test_an_isolation_names_valves_customers_and_what_to_draw(street: None, supervisor: Client) -> None:
    body = {"network": "rue", "kind": "isolation", "from": {"kind": "pipe", "code": "p1"}}
    answer = supervisor.post("/api/v1/traces/", body, content_type="application/json").json()
    assert {valve["code"] for valve in answer["valves"]} == {"v1", "v2"}
    assert answer["connection_points"]["count"] == 3
    assert answer["segment_key"] == "rue/b"
    roles = {feature["properties"]["code"]: feature["properties"]["role"] for feature in answer["features"]}
    assert roles == {"p1": "isolated", "p2": "cut_off", "v1": "close", "v2": "close"}


def test_a_valve_out_of_reach_is_skipped(street: None, supervisor: Client) -> None:
    body = {
        "network": "rue",
        "kind": "isolation",
        "from": {"kind": "pipe", "code": "p1"},
        "options": {"skip": [{"kind": "valve", "code": "v2"}]},
    }
    answer = supervisor.post("/api/v1/traces/", body, content_type="application/json").json()
    assert [valve["code"] for valve in answer["valves"]] == ["v1"]
    assert answer["warning_codes"] == ["skipped_barriers"]


@pytest.mark.parametrize("kind", ["connected", "upstream", "downstream"])
def test_other_traces_answer_in_the_same_shape(street: None, supervisor: Client, kind: str) -> None:
    body = {"network": "rue", "kind": kind, "from": {"kind": "connection_point", "code": "C2"}}
    answer = supervisor.post("/api/v1/traces/", body, content_type="application/json").json()
    assert answer["counts"]["links"] == {"connected": 5, "upstream": 3, "downstream": 2}[kind]
    assert answer["valves"] == []


def test_a_trace_from_nowhere_is_refused(street: None, supervisor: Client) -> None:
    for body, status in (
        ({"network": "rue", "kind": "isolation"}, 400),
        ({"network": "rue", "kind": "sideways", "from": {"kind": "pipe", "code": "p1"}}, 400),
        ({"network": "nowhere", "kind": "isolation", "from": {"kind": "pipe", "code": "p1"}}, 404),
        ({"network": "rue", "kind": "isolation", "from": {"kind": "pipe", "code": "p9"}}, 404),
    ):
        assert supervisor.post("/api/v1/traces/", body, content_type="application/json").status_code == status


def test_search_puts_beginnings_first(street: None, supervisor: Client) -> None:
    zone("c1-quartier", square(-2.3205, 34.9195))
    hits = supervisor.get("/api/v1/search/?q=C1").json()["results"]
    assert [hit["code"] for hit in hits] == ["C1", "c1-quartier"]
    assert (hits[0]["kind"], hits[0]["network"]) == ("connection_point", "rue")
    assert supervisor.get("/api/v1/search/?q=quart").json()["results"][0]["kind"] == "zone"


@pytest.mark.parametrize("words", ["", "x", "%%", "__", "\\", "'; drop table gis_node", "x" * 500])
def test_search_takes_any_words(street: None, supervisor: Client, words: str) -> None:
    answer = supervisor.get("/api/v1/search/", {"q": words})
    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_search_shows_nobody_what_they_may_not_see(street: None, client: Client) -> None:
    user = hicham()
    zone("west", square(-2.3205, 34.9195))
    assign_jurisdiction(user=user, zone_code="west")
    client.force_login(user)
    assert [hit["code"] for hit in client.get("/api/v1/search/?q=p0").json()["results"]] == ["p0"]
    assert client.get("/api/v1/search/?q=p2").json()["results"] == []
    client.force_login(fatima())
    assert client.get("/api/v1/search/?q=p0").json()["results"] == []
    assert client.get("/api/v1/search/?q=west").json()["results"][0]["code"] == "west"


def test_applications_add_what_they_know_to_the_search(supervisor: Client) -> None:
    register_search("test", lambda words, user, limit: [SearchHit("sensor", "PL-1.p", "PL-1", None, None)])
    try:
        assert supervisor.get("/api/v1/search/?q=pl").json()["results"][0]["kind"] == "sensor"
    finally:
        del _providers["test"]


def test_a_connection_point_without_a_node_is_listed_by_its_place_and_cannot_be_traced(
    street: None, supervisor: Client
) -> None:
    ConnectionPoint.objects.filter(code="C1").update(node=None)
    answer = supervisor.get("/api/v1/connection-points/C1/").json()
    assert (answer["properties"]["node"], answer["geometry"]["type"]) == (None, "Point")
    body = {"network": "rue", "kind": "isolation", "from": {"kind": "connection_point", "code": "C1"}}
    assert supervisor.post("/api/v1/traces/", body, content_type="application/json").status_code == 404


@pytest.mark.parametrize("name", ["nodes", "links", "connection-points", "zones", "networks"])
def test_lists_of_features_are_described_as_they_are(street: None, supervisor: Client, name: str) -> None:
    described = yaml.safe_load(supervisor.get("/api/schema/").content)
    asked = described["paths"][f"/api/v1/{name}/"]["get"]
    schema = asked["responses"]["200"]["content"]["application/json"]["schema"]
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        collection, tail = schema["allOf"]
        assert tail["required"] == ["next"]
        schema = described["components"]["schemas"][collection["$ref"].rsplit("/", 1)[1]]
        assert {"limit", "cursor", "bbox"} < {one["name"] for one in asked["parameters"]}
    assert (
        {"type", "features"}
        <= schema["properties"].keys()
        <= supervisor.get(f"/api/v1/{name}/").json().keys()
    )
