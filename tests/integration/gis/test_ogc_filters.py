"""Filters of OGC API - Features: properties by name, and CQL2 text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from gis.models import ConnectionPoint, Link, Node
from gis.services import assign_jurisdiction
from tests.factories.core import hicham, salma
from tests.factories.gis import built, customers, square, zone

pytestmark = pytest.mark.django_db

STREET = "R1 --p0-- a ==v1== b --p1-- c =/v2/= d --p2-- e"
AROUND = "POLYGON((-2.3191 34.91, -2.3169 34.91, -2.3169 34.93, -2.3191 34.93, -2.3191 34.91))"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture
def staff(client: Client) -> Client:
    user = salma()
    assign_jurisdiction(user=user)
    client.force_login(user)
    network = built(STREET)
    customers(network, C1="b", C2="c", C3="e")
    sizes = {"p0": 200.0, "p1": 110.0, "p2": 63.0}
    for code, size in sizes.items():
        Link.objects.filter(code=code).update(diameter_mm=size)
    Link.objects.filter(code="v2").update(state_at=datetime(2026, 6, 1, 9, tzinfo=UTC))
    ConnectionPoint.objects.filter(code="C2").update(
        link=Link.objects.get(code="p1"), critical_kind="hospital"
    )
    return client


def found(staff: Client, words: str, collection: str = "links", **more: str) -> list[str]:
    answer = staff.get(f"/ogc/collections/{collection}/items", {"filter": words, "limit": 100, **more})
    assert answer.status_code == 200, answer.content
    return sorted(feature["properties"]["code"] for feature in answer.json()["features"])


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("kind = 'valve'", ["v1", "v2"]),
        ("kind <> 'valve'", ["p0", "p1", "p2"]),
        ("kind = 'valve' AND state = 'closed'", ["v2"]),
        ("code = 'p0' OR kind = 'valve' AND state = 'closed'", ["p0", "v2"]),
        ("(code = 'p0' OR kind = 'valve') AND state = 'closed'", ["v2"]),
        ("NOT (kind = 'pipe' OR state = 'closed')", ["v1"]),
        ("diameter_mm > 63 AND diameter_mm <= 200.0", ["p0", "p1"]),
        ("diameter_mm BETWEEN 63 AND 110", ["p1", "p2"]),
        ("diameter_mm NOT BETWEEN 63 AND 110", ["p0"]),
        ("63 >= diameter_mm", ["p2"]),
        ("code IN ('p0', 'v1', 'nothing')", ["p0", "v1"]),
        ("code NOT IN ('p0', 'v1')", ["p1", "p2", "v2"]),
        ("code LIKE 'p%' AND code NOT LIKE '_2'", ["p0", "p1"]),
        (r"code LIKE 'p\_'", []),
        ("CASEI(code) = CASEI('V1')", ["v1"]),
        ("CASEI(code) LIKE CASEI('P_')", ["p0", "p1", "p2"]),
        ("operable = TRUE", ["v1", "v2"]),
        ("operable <> TRUE", ["p0", "p1", "p2"]),
        ("diameter_mm IS NULL", ["v1", "v2"]),
        ("diameter_mm IS NOT NULL", ["p0", "p1", "p2"]),
        ("start = 'b' OR \"end\" = 'b'", ["p1", "v1"]),
        ("start < \"end\" AND network = 'rue'", ["p0", "p1", "p2", "v1", "v2"]),
        ("state_at > TIMESTAMP('2026-06-01T08:59:59Z')", ["v2"]),
        ("state_at < DATE('2026-06-01')", []),
        ("code = 'it''s'", []),
        ("TRUE AND kind = 'valve'", ["v1", "v2"]),
        ("NOT TRUE", []),
        ("S_INTERSECTS(geometry, BBOX(-2.3186, 34.91, -2.3185, 34.93))", ["v1"]),
        ("S_INTERSECTS(geometry, POINT(-2.3185 34.92))", ["v1"]),
        ("S_INTERSECTS(POINT(-2.3185 34.92), geometry)", ["v1"]),
        (f"S_WITHIN(geometry, {AROUND})", ["p1", "v1"]),
        ("NOT S_DISJOINT(geometry, BBOX(-2.3186, 34.91, -2.3185, 34.93))", ["v1"]),
    ],
)  # fmt: skip
def test_a_filter_keeps_what_it_says(staff: Client, words: str, codes: list[str]) -> None:
    assert found(staff, words) == codes


def test_what_is_unknown_is_kept_by_no_comparison(staff: Client) -> None:
    """A valve without a diameter is neither above a limit nor not above it."""
    assert found(staff, "diameter_mm > 100") == ["p0", "p1"]
    assert found(staff, "NOT diameter_mm > 100") == ["p2"]
    assert found(staff, "link = 'p1'", "connection-points") == ["C2"]
    assert found(staff, "link <> 'p0'", "connection-points") == ["C2"]
    assert found(staff, "link IS NULL", "connection-points") == ["C1", "C3"]


def test_the_geometry_of_a_filter_may_be_in_another_system(staff: Client) -> None:
    box = "S_INTERSECTS(geometry, BBOX(34.91, -2.3186, 34.93, -2.3185))"
    assert found(staff, box, **{"filter-crs": f"{EPSG}4326"}) == ["v1"]
    point = "S_INTERSECTS(geometry, POINT(34.92 -2.3185))"
    assert found(staff, point, **{"filter-crs": f"{EPSG}4326"}) == ["v1"]
    mercator = "S_INTERSECTS(geometry, BBOX(-258107, 4147000, -258093, 4156000))"
    assert found(staff, mercator, **{"filter-crs": f"{EPSG}3857"}) == ["v1"]


def test_properties_by_name_add_to_the_filter_and_the_box(staff: Client) -> None:
    assert found(staff, "diameter_mm >= 100", kind="pipe", bbox="-2.3175,34.9,-2.3,35") == ["p1"]
    answer = staff.get("/ogc/collections/links/items?kind=valve&operable=true&state=closed")
    assert [one["properties"]["code"] for one in answer.json()["features"]] == ["v2"]


def test_a_filter_does_not_reach_beyond_what_one_may_see(staff: Client, client: Client) -> None:
    user = hicham()
    zone("west", square(-2.3205, 34.9195))
    assign_jurisdiction(user=user, zone_code="west")
    client.force_login(user)
    assert found(client, "TRUE OR kind = 'junction'", "nodes") == ["R1"]
    assert found(client, "code = 'R1' OR code = 'e'", "nodes") == ["R1"]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "kind =",
        "colour = 'red'",
        "attributes = 'x'",
        "geom_3857 = 'x'",
        "network__name_fr = 'x'",
        "kind = 3",
        "diameter_mm = 'wide'",
        "operable = 'yes'",
        "diameter_mm LIKE '1%'",
        r"code LIKE 'a\'",
        "CASEI(diameter_mm) = 3",
        "state_at = 'yesterday'",
        "geometry = 'x'",
        "S_INTERSECTS(code, BBOX(0, 0, 1, 1))",
        "S_INTERSECTS(geometry, geometry)",
        "S_INTERSECTS(geometry, BBOX(0, 5, 1, 4))",
        "S_INTERSECTS(geometry, POINT(a b))",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))",
        "length_m * 2 > 3",
        "kind = 'valve'; DELETE FROM gis_node",
        "code = '%(x)s' OR 1 = '1'",
        "(" * 200,
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(staff: Client, words: str) -> None:
    answer = staff.get("/ogc/collections/links/items", {"filter": words})
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["errors"]) == ["filter"]
    assert Node.objects.count() == 6
