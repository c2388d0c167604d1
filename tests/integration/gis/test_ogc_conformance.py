"""What the abstract tests of OGC API ask for: Features (Core, GeoJSON, OpenAPI, CRS) and Tiles."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from drf_spectacular.validation import validate_schema

from gis.models import Link
from gis.services import assign_jurisdiction
from tests.factories.core import salma
from tests.factories.gis import built, customers, square, zone

pytestmark = pytest.mark.django_db

COLLECTIONS = ("nodes", "links", "connection-points", "zones")
RESOURCES = (
    "/ogc/",
    "/ogc/conformance",
    "/ogc/collections",
    "/ogc/tileMatrixSets",
    "/ogc/tileMatrixSets/WebMercatorQuad",
    *(
        f"/ogc/collections/{name}{tail}"
        for name in COLLECTIONS
        for tail in ("", "/items", "/queryables", "/tiles", "/tiles/WebMercatorQuad")
    ),
)
OGC_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture
def staff(client: Client) -> Client:
    """A supervisor before a street with customers and a zone."""
    cache.clear()
    user = salma()
    assign_jurisdiction(user=user)
    client.force_login(user)
    customers(built("R1 --p0-- a ==v1== b --p1-- c"), C1="b")
    zone("west", square(-2.3205, 34.9195))
    return client


def linked(answer: Any, relation: str) -> list[dict[str, Any]]:
    return [one for one in answer.json().get("links", []) if one["rel"] == relation]


def test_every_link_leads_to_what_it_says_and_every_document_to_itself_and_its_page(staff: Client) -> None:
    for address in RESOURCES:
        answer = staff.get(address)
        assert answer.status_code == 200, address
        if not address.endswith("/queryables"):
            assert len(linked(answer, "self")) == len(linked(answer, "alternate")) == 1, address
        for link in answer.json().get("links", []):
            assert link["rel"], address
            assert link["href"].startswith("http://"), address
            if link.get("templated"):
                continue
            found = staff.get(link["href"], follow=True)
            kind = link["type"].split(";")[0]
            assert (found.status_code, found["Content-Type"].split(";")[0]) == (200, kind), link


def test_collections_link_to_their_features_in_every_form_and_to_filters_and_tiles(staff: Client) -> None:
    listed = staff.get("/ogc/collections").json()
    assert [one["id"] for one in listed["collections"]] == list(COLLECTIONS)
    for one in listed["collections"]:
        alone = staff.get(f"/ogc/collections/{one['id']}").json()
        assert {name: value for name, value in alone.items() if name != "links"} == {
            name: value for name, value in one.items() if name != "links"
        }
        items = {link["type"] for link in one["links"] if link["rel"] == "items"}
        assert items == {"application/geo+json", "text/html"}
        relations = {link["rel"] for link in one["links"]}
        assert {f"{OGC_REL}queryables", f"{OGC_REL}tilesets-vector"} <= relations
        assert one["itemType"] == "feature"
        assert one["crs"][0] == one["storageCrs"] == one["extent"]["spatial"]["crs"]
        assert set(one["crs"]) == set(listed["crs"])


def test_each_resource_answers_to_its_head_alone_and_refuses_what_it_does_not_know(staff: Client) -> None:
    for address in RESOURCES:
        head = staff.head(address)
        assert (head.status_code, head.content) == (200, b""), address
        assert head["Content-Type"] == staff.get(address)["Content-Type"], address
        assert staff.get(address, {"unknown-parameter": "1"}).status_code == 400, address
        assert staff.post(address).status_code == 405, address
        allowed = staff.options(address)
        assert (allowed.status_code, allowed["Allow"]) == (200, "GET, HEAD, OPTIONS"), address


def test_the_description_is_valid_and_defines_each_parameter_as_the_standard_does(staff: Client) -> None:
    described = staff.get("/ogc/api").json()
    validate_schema(described)
    known = described["components"]["parameters"]
    for name in COLLECTIONS:
        asked = described["paths"][f"/collections/{name}/items"]["get"]["parameters"]
        named = [known[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one for one in asked]
        assert {"limit", "bbox", "datetime", "crs", "bbox-crs"} <= {one["name"] for one in named}
        for one in named:
            written = {part: one[part] for part in ("in", "required", "style", "explode")}
            assert written == {"in": "query", "required": False, "style": "form", "explode": False}
    assert known["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 10}
    box = known["bbox"]["schema"]
    assert (box["type"], box["minItems"], box["maxItems"]) == ("array", 4, 6)
    assert known["datetime"]["schema"]["type"] == "string"


def test_every_system_told_is_answered_in_and_no_other(staff: Client) -> None:
    for name in COLLECTIONS:
        items = f"/ogc/collections/{name}/items"
        about = staff.get(f"/ogc/collections/{name}").json()
        first = staff.get(items).json()["features"][0]["id"]
        for system in about["crs"]:
            for address in (items, f"{items}/{first}"):
                answer = staff.get(address, {"crs": system})
                assert (answer.status_code, answer["Content-Crs"]) == (200, f"<{system}>"), system
        for given in ("", f"{EPSG}2154", "EPSG:0"):
            assert staff.get(items, {"crs": given}).status_code == 400, given
            assert staff.get(f"{items}/{first}", {"crs": given}).status_code == 400, given
            assert staff.get(items, {"bbox": "-3,34,-2,35", "bbox-crs": given}).status_code == 400, given


def test_a_geometry_says_no_system_of_its_own(staff: Client) -> None:
    pk = Link.objects.get(code="v1").pk
    for address in ("/ogc/collections/links/items", f"/ogc/collections/links/items/{pk}"):
        answer = staff.get(address, {"crs": f"{EPSG}26191"}).json()
        for feature in answer.get("features", [answer]):
            assert feature["geometry"].keys() == {"type", "coordinates"}


def test_the_next_page_keeps_the_question_and_the_last_has_none(staff: Client) -> None:
    asked = {"limit": 1, "kind": "pipe", "bbox": "-3,34,-2,35", "crs": f"{EPSG}3857", "datetime": "../.."}
    answer = staff.get("/ogc/collections/links/items", asked)
    seen = [one["properties"]["code"] for one in answer.json()["features"]]
    while following := linked(answer, "next"):
        assert following[0]["type"] == "application/geo+json"
        answer = staff.get(following[0]["href"])
        assert answer["Content-Crs"] == f"<{EPSG}3857>"
        assert answer.json()["numberReturned"] == len(answer.json()["features"]) == 1
        seen += [one["properties"]["code"] for one in answer.json()["features"]]
    assert seen == ["p0", "p1"]
