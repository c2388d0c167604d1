"""Vector tiles, decoded by GDAL rather than by what made them."""

from __future__ import annotations

import gzip
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.gdal import DataSource
from django.test import Client

from gis.models import Link
from gis.services import assign_jurisdiction, set_link_state
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
    monkeypatch.setattr("gis.queries.tiles.MOST_FEATURES", 3)
    answer = supervisor.get(address("nodes", 12))
    cells = decoded(answer, tmp_path)["nodes"]
    assert answer["Chabaka-Tile"] == "cells"
    assert {cell["kind"] for cell in cells} == {"cell"}
    assert sum(cell["count"] for cell in cells) == 6


def test_what_is_too_small_to_draw_is_counted(street: None, supervisor: Client, tmp_path: Path) -> None:
    built("R1 --p0-- a", code="tiny")
    Link.objects.filter(network__code="tiny").update(
        geom="SRID=4326;LINESTRING(-2.318 34.919, -2.3180000001 34.919)"
    )
    layers = decoded(supervisor.get(address("links", 12)), tmp_path)
    assert layers["links-summary"][0]["count"] - layers["links-summary"][0]["drawn"] == 1
    assert len(layers["links"]) == 5


def test_tilejson_is_a_template_with_bounds_and_fields(street: None, supervisor: Client) -> None:
    answer = supervisor.get("/tiles/nodes.json").json()
    assert answer["tiles"] == ["http://testserver/tiles/nodes/{z}/{x}/{y}.mvt"]
    assert answer["bounds"] == pytest.approx([-2.32, 34.92, -2.315, 34.92])
    assert {"id", "code", "kind"} <= set(answer["vector_layers"][0]["fields"])
