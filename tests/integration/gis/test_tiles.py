"""Vector tiles, decoded by GDAL rather than by what made them."""

from __future__ import annotations

import gzip
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.gis.gdal import DataSource
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.contrib.sessions.models import Session
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from knox.models import AuthToken

from backend.core.models import RoleAssignment, User
from gis.models import ConnectionPoint, Jurisdiction, Link, Node, TileCell, Zone
from gis.services import assign_jurisdiction, set_link_state
from gis.services.tiles import settle_tiles
from tests.factories.core import fatima, hicham, salma
from tests.factories.gis import built, customers, square, zone

pytestmark = pytest.mark.django_db

STREET = "R1 --p0-- a ==v1== b --p1-- c ==v2== d --p2-- e"
LAYERS = ("nodes", "links", "connection-points", "zones")


@pytest.fixture
def street() -> None:
    customers(built(STREET), C1="b", C2="c", C3="e")
    zone("west", square(-2.3205, 34.9195))


@pytest.fixture
def supervisor(client: Client) -> Client:
    user = salma()
    assign_jurisdiction(user=user)
    client.force_login(user)
    return client


def address(layer: str, z: int, lon: float = -2.318, lat: float = 34.92) -> str:
    side = 1 << z
    x = int((lon + 180) / 360 * side)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side)
    return f"/tiles/{layer}/{z}/{x}/{y}.mvt"


def decoded(answer: Any, tmp_path: Path) -> dict[str, list[dict[str, Any]]]:
    """Read a tile by GDAL: layer name to the attributes of its features."""
    body = answer.content
    if not body:
        return {}
    path = tmp_path / "tile.mvt"
    path.write_bytes(gzip.decompress(body) if answer.get("Content-Encoding") == "gzip" else body)
    return {
        layer.name: [
            {**{name: feature.get(name) for name in layer.fields}, "shape": feature.geom.geom_type.name}
            for feature in layer
        ]
        for layer in DataSource(str(path))
    }


def test_a_tile_holds_pipes_as_lines_and_devices_as_points(
    street: None, supervisor: Client, tmp_path: Path
) -> None:
    links = decoded(supervisor.get(address("links", 14)), tmp_path)["links"]
    assert {link["code"]: link["shape"].removeprefix("Multi") for link in links} == {
        "p0": "LineString",
        "v1": "Point",
        "p1": "LineString",
        "v2": "Point",
        "p2": "LineString",
    }
    one = next(link for link in links if link["code"] == "v1")
    assert (one["kind"], one["state"], one["network"], one["utility"]) == ("valve", "open", "rue", "water")
    assert one["id"] == Link.objects.get(code="v1").pk


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_is_a_tile_gzipped_for_who_reads_that(
    street: None, supervisor: Client, tmp_path: Path, layer: str
) -> None:
    plain = supervisor.get(address(layer, 14))
    packed = supervisor.get(address(layer, 14), headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert all({"id", "code", "kind"} <= set(row) for row in decoded(plain, tmp_path)[layer])


@pytest.mark.parametrize("layer", LAYERS)
def test_a_tile_takes_few_queries(
    street: None, supervisor: Client, layer: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(7):
        supervisor.get(address(layer, 14))


def test_an_empty_tile_is_empty(street: None, supervisor: Client) -> None:
    answer = supervisor.get(address("nodes", 14, lon=10, lat=10))
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("tail", ["14/16384/0", "14/0/16384", "21/0/0", "99/1/1", f"3/{10**30}/1"])
def test_a_tile_out_of_the_grid_is_not_found_without_a_query(
    client: Client, tail: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        answer = client.get(f"/tiles/zones/{tail}.mvt")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_an_unknown_layer_is_not_found(client: Client) -> None:
    assert client.get("/tiles/sewers/1/1/1.mvt").status_code == 404
    assert client.get("/tiles/sewers.json").status_code == 404


def test_a_tile_the_browser_has_is_not_sent_again_until_it_changes(street: None, supervisor: Client) -> None:
    first = supervisor.get(address("links", 14))
    again = supervisor.get(address("links", 14), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    valve = Link.objects.get(code="v1")
    set_link_state(link_id=valve.pk, state="closed", at=datetime(2026, 6, 1, tzinfo=UTC))
    changed = supervisor.get(address("links", 14), headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_networks_are_for_staff_and_zones_for_all(street: None, client: Client, tmp_path: Path) -> None:
    assert client.get(address("nodes", 14)).status_code == 401
    assert decoded(client.get(address("zones", 14)), tmp_path)["zones"][0]["code"] == "west"
    client.force_login(fatima())
    assert client.get(address("connection-points", 14)).status_code == 403
    assert client.get("/tiles/links.json").status_code == 403
    assert client.get("/tiles/zones.json").status_code == 200


def test_staff_of_a_zone_get_the_tile_of_their_zone(street: None, client: Client, tmp_path: Path) -> None:
    user = hicham()
    assign_jurisdiction(user=user, zone_code="west")
    client.force_login(user)
    assert [row["code"] for row in decoded(client.get(address("nodes", 14)), tmp_path)["nodes"]] == ["R1"]


def test_a_tile_with_too_much_in_it_counts_and_says_so(
    street: None, supervisor: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gis.queries.tiles.making.MOST_FEATURES", 3)
    answer = supervisor.get(address("nodes", 12))
    cells = decoded(answer, tmp_path)["nodes"]
    assert answer["Chabaka-Tile"] == "cells"
    assert {cell["kind"] for cell in cells} == {"cell"}
    assert sum(cell["count"] for cell in cells) == 6


@pytest.mark.parametrize("z", [9, 12, 14, 15, 16, 18])
def test_the_mains_stay_drawn_among_cells_that_count_the_others(
    street: None, supervisor: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, z: int
) -> None:
    monkeypatch.setattr("gis.queries.tiles.making.MOST_COUNTED", 0)
    Link.objects.filter(code="p1").update(diameter_mm=600)
    where = Link.objects.get(code="p1").geom.centroid
    answer = supervisor.get(address("links", z, lon=where.x, lat=where.y))
    rows = decoded(answer, tmp_path)["links"]
    (main,) = [row for row in rows if row["kind"] != "cell"]
    assert (main["code"], main["kind"], main["network"]) == ("p1", "pipe", "rue")
    assert main["shape"].removeprefix("Multi") == "LineString"
    others = sum(row["count"] for row in rows if row["kind"] == "cell")
    assert answer["Chabaka-Tile"] == "mains"
    assert answer["Chabaka-Left-Out"] == str(others)
    if z <= 14:
        assert others == 4
    assert all(len(set(row) - {"shape", "mvt_id"}) <= 6 for row in rows)


def test_smaller_mains_come_with_nearer_zooms_until_there_are_too_many(
    street: None, supervisor: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn(z: int) -> set[str]:
        rows = decoded(supervisor.get(address("links", z)), tmp_path)["links"]
        return {row["code"] for row in rows if row["kind"] != "cell"}

    monkeypatch.setattr("gis.queries.tiles.making.MOST_COUNTED", 0)
    for code, diameter in (("p0", 500), ("p1", 300), ("p2", 150), ("v1", 500)):
        Link.objects.filter(code=code).update(diameter_mm=diameter)
    assert [drawn(z) for z in (8, 9, 11, 13)] == [set(), {"p0"}, {"p0", "p1"}, {"p0", "p1", "p2"}]
    monkeypatch.setattr("gis.queries.tiles.making.MOST_MAINS", 1)
    Node.objects.filter(code="a").update(kind="tank")
    Link.objects.filter(code="v2").update(state="closed")
    assert drawn(13) == {"p0"}
    Link.objects.filter(code="p1").update(diameter_mm=500)
    assert drawn(13) == set()


def test_a_pipe_that_becomes_a_main_makes_the_tiles_anew_and_so_does_a_line_of_high_voltage(
    street: None, supervisor: Client
) -> None:
    def etag() -> str:
        return str(supervisor.get(address("links", 10))["ETag"])

    first = etag()
    Link.objects.filter(code="p1").update(diameter_mm=110)
    assert etag() == first
    Link.objects.filter(code="p1").update(diameter_mm=400)
    second = etag()
    assert second != first
    Link.objects.filter(code="p0").update(kind="line", attributes={"nominal_kv": "sixty"})
    third = etag()
    Link.objects.filter(code="p0").update(attributes={"nominal_kv": 60})
    assert third != second
    assert etag() != third


def test_who_sees_a_zone_sees_its_mains_only(
    street: None, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gis.queries.tiles.making.MOST_COUNTED", 0)
    Link.objects.filter(code__in=["p0", "p2"]).update(diameter_mm=600)
    user = hicham()
    assign_jurisdiction(user=user, zone_code="west")
    client.force_login(user)
    rows = decoded(client.get(address("links", 14)), tmp_path)["links"]
    assert {row["code"] for row in rows if row["kind"] != "cell"} == {"p0"}


@pytest.mark.parametrize("layer", ["nodes", "links", "connection-points"])
@pytest.mark.parametrize("z", [0, 5, 6, 10])
def test_below_the_zoom_where_a_street_can_be_seen_there_are_cells(
    street: None, supervisor: Client, tmp_path: Path, layer: str, z: int
) -> None:
    cells = decoded(supervisor.get(address(layer, z)), tmp_path)[layer]
    assert {cell["kind"] for cell in cells} == {"cell"}
    assert sum(cell["count"] for cell in cells) == {"nodes": 6, "links": 5, "connection-points": 3}[layer]


@pytest.mark.parametrize("z", [14, 15, 16, 18, 20])
def test_cells_of_every_zoom_count_what_lies_in_the_tile(
    street: None, supervisor: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, z: int
) -> None:
    monkeypatch.setattr("gis.queries.tiles.making.MOST_FEATURES", 0)
    monkeypatch.setattr("gis.queries.tiles.making.MOST_COUNTED", 0)
    crowd = Node.objects.get(code="c")
    ConnectionPoint.objects.bulk_create(
        ConnectionPoint(network=crowd.network, code=f"X{number}", node=crowd, geom=crowd.geom)
        for number in range(7)
    )
    where = {"lon": crowd.geom.x, "lat": crowd.geom.y}
    cells = decoded(supervisor.get(address("connection-points", z, **where)), tmp_path)["connection-points"]
    assert {cell["kind"] for cell in cells} == {"cell"}
    assert max(cell["count"] for cell in cells) in {7, 8}


def test_a_building_is_one_point_that_says_how_many(street: None, supervisor: Client, tmp_path: Path) -> None:
    place = Node.objects.get(code="b")
    ConnectionPoint.objects.filter(code="C1").update(geom=place.geom)
    ConnectionPoint.objects.bulk_create(
        ConnectionPoint(network=place.network, code=f"T{number}", node=place, geom=place.geom)
        for number in range(39)
    )
    rows = decoded(
        supervisor.get(address("connection-points", 20, lon=place.geom.x, lat=place.geom.y)), tmp_path
    )["connection-points"]
    assert [(row["kind"], row["code"], row["count"]) for row in rows] == [("connection_points", "C1", 40)]


def test_a_line_too_short_to_draw_is_a_point(street: None, supervisor: Client, tmp_path: Path) -> None:
    built("R1 --p9-- a", code="tiny")
    Link.objects.filter(network__code="tiny").update(
        geom="SRID=4326;LINESTRING(-2.318 34.919, -2.3180000001 34.919)"
    )
    links = {row["code"]: row for row in decoded(supervisor.get(address("links", 12)), tmp_path)["links"]}
    assert len(links) == 6
    assert (links["p9"]["kind"], links["p9"]["shape"]) == ("pipe", "Point")


def test_zones_too_small_to_draw_are_counted(client: Client, tmp_path: Path) -> None:
    for number in range(5):
        zone(f"z{number}", square(-2.32 + number / 1000, 34.92))
    rows = decoded(client.get(address("zones", 6)), tmp_path)["zones"]
    assert [(row["kind"], row["count"], row["shape"]) for row in rows] == [("cell", 5, "Point")]


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("z", [3, 9, 14, 18])
def test_a_tile_has_six_attributes_at_most(
    street: None, supervisor: Client, tmp_path: Path, layer: str, z: int
) -> None:
    where = {"lon": -2.3179, "lat": 34.92}
    for rows in decoded(supervisor.get(address(layer, z, **where)), tmp_path).values():
        assert all(len(set(row) - {"shape", "mvt_id"}) <= 6 for row in rows)


def test_cells_follow_what_is_added_moved_and_removed(
    street: None, supervisor: Client, tmp_path: Path
) -> None:
    def counted(lon: float = -2.318) -> int:
        tile = decoded(supervisor.get(address("connection-points", 10, lon=lon)), tmp_path)
        return sum(cell["count"] for cell in tile.get("connection-points", []))

    point = ConnectionPoint.objects.get(code="C1")
    point.pk, point.code = None, "C9"
    point.save()
    assert counted() == 4
    ConnectionPoint.objects.filter(code__in=["C2", "C9"]).update(geom="SRID=4326;POINT(-3.5 34.92)")
    assert (counted(), counted(lon=-3.5)) == (2, 2)
    ConnectionPoint.objects.filter(code="C9").delete()
    assert (counted(), counted(lon=-3.5)) == (2, 1)


def test_settling_merges_and_changes_no_figure(street: None, supervisor: Client) -> None:
    before = supervisor.get(address("nodes", 8))
    assert TileCell.objects.filter(settled=False).exists()
    assert settle_tiles() > 0
    cells = TileCell.objects.values_list("layer", "z", "x", "y", "cell", "network")
    assert cells.distinct().count() == cells.count()
    assert not TileCell.objects.filter(settled=False).exists()
    after = supervisor.get(address("nodes", 8))
    assert (after.content, after["ETag"]) == (before.content, before["ETag"])
    assert settle_tiles() == 0


def test_what_no_tile_shows_leaves_the_tiles_as_they_were(street: None, supervisor: Client) -> None:
    before = supervisor.get(address("links", 14))["ETag"]
    Link.objects.filter(code="v1").update(
        state_at=datetime(2026, 6, 1, tzinfo=UTC), attributes={"seen": True}
    )
    assert supervisor.get(address("links", 14))["ETag"] == before


def test_a_zone_that_ends_leaves_the_tiles(street: None, client: Client, tmp_path: Path) -> None:
    before = client.get(address("zones", 14))["ETag"]
    assert client.get(address("zones", 14))["ETag"] == before
    Zone.objects.update(
        valid=DateTimeTZRange(datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
    )
    after = client.get(address("zones", 14))
    assert after["ETag"] != before
    assert decoded(after, tmp_path).get("zones", []) == []


def test_cells_count_for_staff_what_lies_in_their_zones(street: None, client: Client, tmp_path: Path) -> None:
    user = hicham()
    assign_jurisdiction(user=user, zone_code="west")
    client.force_login(user)
    for z in (0, 8, 10):
        cells = decoded(client.get(address("nodes", z)), tmp_path)["nodes"]
        assert [(cell["kind"], cell["count"]) for cell in cells] == [("cell", 1)]


def test_a_tile_made_once_is_not_made_again_until_something_changes(
    street: None, supervisor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = supervisor.get(address("nodes", 14))
    with monkeypatch.context() as broken:
        broken.setattr("gis.queries.tiles.making._make", None)
        assert supervisor.get(address("nodes", 14)).content == first.content
    Node.objects.filter(code="a").update(kind="tank")
    assert supervisor.get(address("nodes", 14)).content != first.content


def test_tilejson_is_a_template_with_bounds_and_fields(street: None, supervisor: Client) -> None:
    answer = supervisor.get("/tiles/nodes.json").json()
    assert answer["tiles"] == ["http://testserver/tiles/nodes/{z}/{x}/{y}.mvt"]
    assert answer["bounds"] == pytest.approx([-2.32, 34.92, -2.315, 34.92])
    assert {"id", "code", "kind"} <= set(answer["vector_layers"][0]["fields"])


@pytest.mark.parametrize("required", [False, True])
def test_a_kept_tile_costs_three_looks_at_the_database(
    street: None, supervisor: Client, settings: Any, required: bool, django_assert_num_queries: Any
) -> None:
    """The session; the person, roles and factor; the state of the layer with the zones assigned."""
    settings.REQUIRE_SECOND_FACTOR = required
    TOTP.activate(User.objects.get(), generate_totp_secret())
    supervisor.get(address("nodes", 14))
    with django_assert_num_queries(3):
        assert supervisor.get(address("nodes", 14)).status_code == 200


def test_a_kept_tile_is_for_nobody_whose_session_role_or_zones_are_gone(
    street: None, supervisor: Client, tmp_path: Path
) -> None:
    etag = supervisor.get(address("nodes", 14))["ETag"]
    Jurisdiction.objects.all().delete()
    without_zones = supervisor.get(address("nodes", 14), headers={"if-none-match": etag})
    assert (without_zones.status_code, without_zones.content) == (200, b"")
    roles = RoleAssignment.objects.all()
    roles.update(valid=DateTimeTZRange(datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)))
    assert supervisor.get(address("nodes", 14), headers={"if-none-match": etag}).status_code == 403
    Session.objects.all().delete()
    assert supervisor.get(address("nodes", 14), headers={"if-none-match": etag}).status_code == 401


def test_a_kept_tile_is_for_no_token_taken_back_and_nobody_sent_away(street: None, client: Client) -> None:
    user = salma()
    assign_jurisdiction(user=user)
    kept, token = AuthToken.objects.create(user=user)
    asking = {"authorization": f"Token {token}"}
    assert client.get(address("nodes", 14), headers=asking).status_code == 200
    User.objects.update(is_active=False)
    assert client.get(address("nodes", 14), headers=asking).status_code == 401
    User.objects.update(is_active=True)
    assert client.get(address("nodes", 14), headers=asking).status_code == 200
    kept.delete()
    assert client.get(address("nodes", 14), headers=asking).status_code == 401


def test_a_tile_of_a_zone_is_another_when_the_zone_is_drawn_anew_by_whoever(
    street: None, client: Client, tmp_path: Path
) -> None:
    user = hicham()
    assign_jurisdiction(user=user, zone_code="west")
    client.force_login(user)
    before = client.get(address("nodes", 14))
    assert len(decoded(before, tmp_path)["nodes"]) == 1
    Zone.objects.filter(code="west").update(geom=MultiPolygon(Polygon.from_bbox((-2.4, 34.9, -2.3, 35))))
    after = client.get(address("nodes", 14), headers={"if-none-match": before["ETag"]})
    assert len(decoded(after, tmp_path)["nodes"]) == 6


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0, br", False),
        ("identity", False),
        ("x-gzip-like", False),
    ],
)
def test_a_tile_is_gzipped_only_for_who_takes_that(
    street: None, supervisor: Client, accepted: str, packed: bool
) -> None:
    answer = supervisor.get(address("nodes", 14), headers={"accept-encoding": accepted})
    assert answer.has_header("Content-Encoding") is packed
    assert {"Accept-Encoding", "Authorization", "Cookie"} <= set(answer["Vary"].split(", "))


def test_a_tag_is_known_however_it_comes_back_and_no_other_is(street: None, supervisor: Client) -> None:
    etag = supervisor.get(address("nodes", 14))["ETag"]

    def status(asked: str) -> int:
        return supervisor.get(address("nodes", 14), headers={"if-none-match": asked}).status_code

    assert [status(one) for one in (etag, etag[2:], f'"other", {etag}', "*")] == [304] * 4
    assert [status(one) for one in ('"other"', etag[:-2] + '"', "", etag.strip('W/"'))] == [200] * 4
