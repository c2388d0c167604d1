"""The vector tiles as OGC API - Tiles describes them."""

from __future__ import annotations

import pytest
from django.test import Client

from gis.services import assign_jurisdiction
from tests.factories.core import salma
from tests.factories.gis import built

pytestmark = pytest.mark.django_db

MERCATOR_HALF_M = 20037508.342789244


@pytest.fixture
def staff(client: Client) -> Client:
    user = salma()
    assign_jurisdiction(user=user)
    client.force_login(user)
    built("R1 --p0-- a ==v1== b")
    return client


def test_each_collection_leads_to_tiles_that_are_there(staff: Client) -> None:
    for name in ("nodes", "links", "connection-points", "zones"):
        (listed,) = staff.get(f"/ogc/collections/{name}/tiles").json()["tilesets"]
        described = staff.get(listed["links"][0]["href"]).json()
        assert described["dataType"] == "vector"
        assert described["tileMatrixSetURI"].endswith("/WebMercatorQuad")
        (template,) = [one for one in described["links"] if one["rel"] == "item"]
        assert template["templated"] is True
        address = template["href"].replace("{tileMatrix}", "14").replace("{tileCol}", "8086")
        answer = staff.get(address.replace("{tileRow}", "6488"))
        assert answer["Content-Type"] == template["type"] == "application/vnd.mapbox-vector-tile"
        (tilejson,) = [one["href"] for one in described["links"] if one["rel"] == "describedby"]
        assert staff.get(tilejson).json()["tilejson"] == "3.0.0"


def test_the_grid_is_the_one_everybody_uses(client: Client) -> None:
    (listed,) = client.get("/ogc/tileMatrixSets").json()["tileMatrixSets"]
    grid = client.get(listed["links"][0]["href"]).json()
    first, second = grid["tileMatrices"][:2]
    assert grid["crs"] == "http://www.opengis.net/def/crs/EPSG/0/3857"
    assert first["scaleDenominator"] == pytest.approx(559082264.0287178)
    assert first["pointOfOrigin"] == [-MERCATOR_HALF_M, MERCATOR_HALF_M]
    assert (second["matrixWidth"], second["cellSize"]) == (2, pytest.approx(first["cellSize"] / 2))


def test_tiles_of_the_networks_are_described_to_staff_alone(client: Client) -> None:
    assert client.get("/ogc/collections/links/tiles").status_code == 401
    assert client.get("/ogc/collections/links/tiles/WebMercatorQuad").status_code == 401
    assert client.get("/ogc/collections/zones/tiles/WebMercatorQuad").status_code == 200
    assert client.get("/ogc/collections/zones/tiles/WorldCRS84Quad").status_code == 404
