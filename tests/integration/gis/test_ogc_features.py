"""OGC API - Features: what can be listed, paged, placed and read, and by whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pyproj import Transformer

from gis.models import Link, Node, Zone
from gis.services import assign_jurisdiction
from tests.factories.core import fatima, hicham, salma
from tests.factories.gis import built, customers, square, zone

pytestmark = pytest.mark.django_db

STREET = "R1 --p0-- a ==v1== b --p1-- c =/v2/= d --p2-- e"
ROOT = "/ogc/collections"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
NETWORKS = ("nodes", "links", "connection-points")


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Forget the counts of networks that other tests built."""
    cache.clear()


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


def links(answer: Any) -> dict[str, str]:
    return {one["rel"]: one["href"] for one in answer.json()["links"]}


def test_the_first_page_leads_to_everything(client: Client) -> None:
    answer = client.get("/ogc/")
    found = links(answer)
    assert client.get("/ogc").status_code == 200
    for relation in ("self", "alternate", "service-desc", "service-doc", "conformance", "data"):
        assert client.get(found[relation]).status_code == 200, relation
    conforms = client.get(found["conformance"]).json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in conforms
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in conforms
    assert "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text" in conforms


def test_people_outside_find_zones_and_staff_find_the_networks(street: None, client: Client) -> None:
    def listed() -> list[str]:
        return [one["id"] for one in client.get(ROOT).json()["collections"]]

    assert listed() == ["zones"]
    for name in NETWORKS:
        for path in (f"{ROOT}/{name}", f"{ROOT}/{name}/items", f"{ROOT}/{name}/queryables"):
            assert client.get(path).status_code == 401
    client.force_login(fatima())
    assert listed() == ["zones"]
    assert client.get(f"{ROOT}/links/items").status_code == 403
    client.force_login(salma())
    assert listed() == [*NETWORKS, "zones"]
    assert codes(client.get(f"{ROOT}/links/items")) == []


def test_someone_with_a_browser_is_led_to_the_sign_in_page(client: Client) -> None:
    answer = client.get(f"{ROOT}/links/items", headers={"accept": "text/html"})
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/accounts/login/?next=/ogc/collections/links/items",
    )


def test_staff_of_one_zone_read_what_lies_in_it(street: None, client: Client) -> None:
    user = hicham()
    zone("west", square(-2.3205, 34.9195))
    assign_jurisdiction(user=user, zone_code="west")
    client.force_login(user)
    assert codes(client.get(f"{ROOT}/nodes/items")) == ["R1"]
    far = Node.objects.get(code="e").pk
    assert client.get(f"{ROOT}/nodes/items/{far}").status_code == 404
    assert "numberMatched" in client.get(f"{ROOT}/nodes/items").json()
    assert "numberMatched" not in client.get(f"{ROOT}/links/items?limit=0001&cursor=1").json()


def test_a_collection_says_where_it_lies_and_in_which_systems_it_comes(
    street: None, supervisor: Client
) -> None:
    about = supervisor.get(f"{ROOT}/nodes").json()
    west, south, east, north = about["extent"]["spatial"]["bbox"][0]
    # As the index has it: what other tests rolled back may still widen it.
    assert -180 < west <= -2.32 + 1e-5
    assert -2.315 - 1e-5 <= east < 180
    assert 0 < south <= 34.92 + 1e-5
    assert 34.92 - 1e-5 <= north < 90
    assert about["storageCrs"] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert {f"{EPSG}{code}" for code in (4326, 3857, 26191, 26192, 26194, 26195)} < set(about["crs"])
    assert supervisor.get(f"{ROOT}/sewers").status_code == 404


def test_features_are_geojson_with_their_id_and_properties(street: None, supervisor: Client) -> None:
    answer = supervisor.get(f"{ROOT}/links/items?code=v2")
    assert answer["Content-Type"] == "application/geo+json"
    assert answer["Content-Crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    (valve,) = answer.json()["features"]
    row = Link.objects.get(code="v2")
    assert (valve["type"], valve["id"]) == ("Feature", row.pk)
    assert valve["geometry"] == {"type": "LineString", "coordinates": [[-2.317, 34.92], [-2.316, 34.92]]}
    known = {"kind": "valve", "state": "closed", "network": "rue", "start": "c", "end": "d", "operable": True}
    assert known.items() <= valve["properties"].items()
    alone = supervisor.get(f"{ROOT}/links/items/{row.pk}")
    assert alone["Content-Type"] == "application/geo+json"
    assert {name: alone.json()[name] for name in valve} == valve
    assert {"self", "collection", "alternate"} <= links(alone).keys()


def test_names_and_addresses_of_customers_are_not_among_them(street: None, supervisor: Client) -> None:
    (point,) = supervisor.get(f"{ROOT}/connection-points/items?code=C1").json()["features"]
    assert set(point["properties"]) == {
        *("code", "network", "utility", "node", "link", "category", "critical_kind", "synthetic")
    }


def test_a_page_follows_the_other_until_all_are_seen(street: None, supervisor: Client) -> None:
    seen, address, pages = [], f"{ROOT}/nodes/items?limit=2&utility=water", 0
    while address:
        answer = supervisor.get(address)
        seen += codes(answer)
        address, pages = links(answer).get("next", ""), pages + 1
    assert (sorted(seen), pages) == (["R1", "a", "b", "c", "d", "e"], 3)


def test_what_is_added_while_someone_pages_moves_no_page(street: None, supervisor: Client) -> None:
    first = supervisor.get(f"{ROOT}/nodes/items?limit=4")
    built("R9 --x-- y", code="autre")
    assert codes(supervisor.get(links(first)["next"])) == ["d", "e", "R9", "y"]


def test_the_number_of_matches_is_exact_or_absent(street: None, supervisor: Client) -> None:
    whole = supervisor.get(f"{ROOT}/nodes/items?limit=2").json()
    assert (whole["numberReturned"], whole["numberMatched"]) == (2, 6)
    built("R2 --q-- z", code="autre")
    assert supervisor.get(f"{ROOT}/nodes/items?limit=2").json()["numberMatched"] == 8
    some = supervisor.get(f"{ROOT}/nodes/items?limit=2&network=rue").json()
    assert (some["numberReturned"], some.get("numberMatched")) == (2, None)
    assert supervisor.get(f"{ROOT}/nodes/items?network=autre").json()["numberMatched"] == 2


def test_a_page_takes_few_queries(
    street: None, supervisor: Client, django_assert_max_num_queries: Any
) -> None:
    for name in (*NETWORKS, "zones"):
        with django_assert_max_num_queries(9):
            supervisor.get(f"{ROOT}/{name}/items?limit=1000")


def test_a_limit_beyond_the_largest_is_clamped(street: None, supervisor: Client) -> None:
    assert len(codes(supervisor.get(f"{ROOT}/nodes/items?limit={10**30}"))) == 6


def test_a_box_keeps_what_it_touches_in_any_system(street: None, supervisor: Client) -> None:
    def in_box(box: str, crs: str = "") -> list[str]:
        return sorted(codes(supervisor.get(f"{ROOT}/nodes/items?bbox={box}{crs and '&bbox-crs=' + crs}")))

    assert in_box("-2.3195,34.91,-2.3175,34.93") == ["a", "b"]
    assert in_box("-2.3195,34.91,0,-2.3175,34.93,100") == ["a", "b"]
    assert in_box("34.91,-2.3195,34.93,-2.3175", f"{EPSG}4326") == ["a", "b"]
    assert in_box("-258205,4147000,-257983,4156000", f"{EPSG}3857") == ["a", "b"]
    assert in_box("-179,34,180,35") == ["R1", "a", "b", "c", "d", "e"]
    assert in_box("170,34,-2.3185,35") == ["R1", "a"]


def test_features_come_in_the_moroccan_grids(street: None, supervisor: Client) -> None:
    answer = supervisor.get(f"{ROOT}/nodes/items?code=R1&crs={EPSG}26191")
    assert answer["Content-Crs"] == f"<{EPSG}26191>"
    easting, northing = answer.json()["features"][0]["geometry"]["coordinates"]
    expected = Transformer.from_crs(4326, 26191, always_xy=True).transform(-2.32, 34.92)
    assert (easting, northing) == pytest.approx(expected, abs=0.01)
    box = f"{easting - 5},{northing - 5},{easting + 5},{northing + 5}"
    assert codes(supervisor.get(f"{ROOT}/nodes/items?bbox={box}&bbox-crs={EPSG}26191")) == ["R1"]
    swapped = supervisor.get(f"{ROOT}/nodes/items?code=R1&crs={EPSG}4326")
    assert swapped.json()["features"][0]["geometry"]["coordinates"] == [34.92, -2.32]


def test_zones_are_those_of_the_time_asked_for(client: Client) -> None:
    one = zone("west", square(-2.3205, 34.9195))
    Zone.objects.filter(pk=one.pk).update(valid=("2024-01-01T00:00Z", "2025-01-01T00:00Z"))
    zone("north", square(-2.3205, 34.9295))

    def at(when: str) -> list[str]:
        return codes(client.get(f"{ROOT}/zones/items", {"datetime": when} if when else {}))

    assert at("") == ["north"]
    assert at("2024-06-01T00:00:00Z") == ["west", "north"]
    assert at("2024-12-31/..") == ["west", "north"]
    assert at("2025-01-01T00:00:00Z") == ["north"]
    assert at("../2023-01-01") == ["north"]


def test_people_outside_see_outlines_coarsely(client: Client) -> None:
    bent = square(-2.3205, 34.9195).buffer(0.0001)
    bent.srid = 4326
    zone("west", bent)
    coarse = client.get(f"{ROOT}/zones/items").content
    client.force_login(salma())
    assert len(coarse) < len(client.get(f"{ROOT}/zones/items").content)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=-5", "limit"),
        ("limit=ten", "limit"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=a,b,c,d", "bbox"),
        ("bbox=0,5,1,4", "bbox"),
        ("bbox=1,2,3,4&bbox-crs=EPSG:9", "bbox-crs"),
        ("crs=EPSG:2154", "crs"),
        ("datetime=soon", "datetime"),
        ("datetime=2026-02-02/2026-01-01", "datetime"),
        ("cursor=zz", "cursor"),
        ("offset=10", "offset"),
        ("colour=red", "colour"),
        ("f=xml", "f"),
        ("length_m=long", "length_m"),
        ("operable=perhaps", "operable"),
        ("filter-lang=cql2-json", "filter-lang"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_name(
    supervisor: Client, query: str, field: str
) -> None:
    answer = supervisor.get(f"{ROOT}/links/items?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]


def test_every_resource_is_a_page_for_people_in_three_languages(street: None, supervisor: Client) -> None:
    node = Node.objects.get(code="a").pk
    paths = ("", "conformance", "collections", "tileMatrixSets", "tileMatrixSets/WebMercatorQuad")
    tails = ("", "/items", f"/items/{node}", "/queryables", "/tiles", "/tiles/WebMercatorQuad")
    for language, direction in (("fr", "ltr"), ("ar", "rtl"), ("en", "ltr")):
        for path in (*paths, *(f"collections/nodes{tail}" for tail in tails)):
            answer = supervisor.get(f"/ogc/{path}?f=html&lang={language}")
            assert answer.status_code == 200, path
            assert f'lang="{language}" dir="{direction}"' in answer.content.decode(), path


def test_the_api_description_names_what_the_reader_may_read(street: None, client: Client) -> None:
    assert "/collections/links/items" not in client.get("/ogc/api").json()["paths"]
    client.force_login(salma())
    answer = client.get("/ogc/api")
    assert answer["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    described = answer.json()
    names = {
        parameter.get("name") or parameter["$ref"].rsplit("/", 1)[1]
        for parameter in described["paths"]["/collections/links/items"]["get"]["parameters"]
    }
    assert {"limit", "bbox", "bbox-crs", "crs", "datetime", "filter", "kind", "diameter_mm"} < names
    assert described["components"]["parameters"]["limit"]["schema"]["maximum"] == 10_000


def test_queryables_are_a_json_schema(supervisor: Client) -> None:
    answer = supervisor.get(f"{ROOT}/links/queryables")
    assert answer["Content-Type"] == "application/schema+json"
    schema = answer.json()
    assert schema["properties"]["state"]["enum"] == ["open", "closed", "active"]
    assert schema["properties"]["geometry"]["format"] == "geometry-linestring"
    assert "attributes" not in schema["properties"]
