"""What engineers use finds, draws, filters and pages the networks: GDAL's ogrinfo and OWSLib, over HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.cache import cache
from owslib.ogcapi.features import Features
from owslib.util import Authentication
from pyproj import Transformer

from backend.core.services.access_keys import make_access_key
from gis.models import Node
from gis.services import assign_jurisdiction
from tests.factories.core import salma
from tests.factories.gis import built, customers, square, zone

pytestmark = pytest.mark.django_db(transaction=True)

STREET = "R1 --p0-- a ==v1== b --p1-- c =/v2/= d --p2-- e"


@pytest.fixture
def key(db: None) -> str:
    """Make a supervisor's access key; a street, its customers and a zone lie before them."""
    cache.clear()
    user = salma()
    assign_jurisdiction(user=user)
    customers(built(STREET), C1="b", C2="c", C3="e")
    zone("west", square(-2.3205, 34.9195))
    return make_access_key(user=user, name="GIS", days=1)[1]


def ogrinfo(live_server: Any, key: str, *arguments: str, **options: str) -> str:
    """Run ogrinfo on the platform with an access key, and return what it prints."""
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    options = {"USERPWD": f"salma:{key}"} | options
    opened = [part for name, value in options.items() for part in ("-oo", f"{name}={value}")]
    command = ["ogrinfo", "-ro", *opened, f"OAPIF:{live_server.url}/ogc", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ERROR" not in done.stdout + done.stderr, done.stderr
    return done.stdout


def codes(printed: str) -> list[str]:
    return sorted(re.findall(r"code \(String\) = (\S+)", printed))


def test_ogrinfo_lists_and_reads_every_layer(live_server: Any, key: str) -> None:
    printed = ogrinfo(live_server, key, "-al")
    layers = set(re.findall(r"Layer name: (\S+)", printed))
    assert layers == {"nodes", "links", "connection-points", "zones"}
    assert codes(printed) == sorted("R1 a b c d e p0 p1 p2 v1 v2 C1 C2 C3 west".split())
    assert "LINESTRING (-2.319 34.92,-2.318 34.92)" in printed
    assert "Feature Count: 6" in printed


def test_ogrinfo_pages_and_counts(live_server: Any, key: str) -> None:
    network = Node.objects.get(code="a").network
    many = [Node(network=network, kind="junction", code=f"n{n}", geom=Point(-2.3, 34.9)) for n in range(250)]
    Node.objects.bulk_create(many)
    printed = ogrinfo(live_server, key, "nodes", "-al", PAGE_SIZE="100")
    assert len(codes(printed)) == 256


def test_ogrinfo_filters_by_place_and_attribute(live_server: Any, key: str) -> None:
    by_place = ogrinfo(live_server, key, "nodes", "-spat", "-2.3195", "34.91", "-2.3175", "34.93")
    assert codes(by_place) == ["a", "b"]
    by_kind = ogrinfo(live_server, key, "links", "-where", "kind = 'valve' AND state = 'closed'")
    assert codes(by_kind) == ["v2"]


READ_IN_GRID = """
import sys, pyogrio, shapely
wanted = {"layer": "nodes", "where": "code = 'R1'", "CRS": "EPSG:26191", "USERPWD": sys.argv[2]}
meta, ids, places, columns = pyogrio.raw.read(sys.argv[1], **wanted)
place = shapely.from_wkb(places[0])
print(meta["crs"], len(places), place.x, place.y)
"""


def test_a_newer_gdal_reads_the_moroccan_grid(live_server: Any, key: str) -> None:
    command = [sys.executable, "-c", READ_IN_GRID, f"OAPIF:{live_server.url}/ogc/", f"salma:{key}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    crs, count, easting, northing = done.stdout.split()
    assert (crs, count) == ("EPSG:26191", "1")
    expected = Transformer.from_crs(4326, 26191, always_xy=True).transform(-2.32, 34.92)
    assert (float(easting), float(northing)) == pytest.approx(expected, abs=0.01)


def test_a_stranger_with_ogrinfo_finds_the_zones_alone(live_server: Any, key: str) -> None:
    command = ["ogrinfo", "-ro", "-al", f"OAPIF:{live_server.url}/ogc/"]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    assert set(re.findall(r"Layer name: (\S+)", printed)) == {"zones"}
    assert codes(printed) == ["west"]


def test_owslib_lists_describes_and_filters(live_server: Any, key: str) -> None:
    service = Features(f"{live_server.url}/ogc/", auth=Authentication("salma", key))
    assert service.feature_collections() == ["nodes", "links", "connection-points", "zones"]
    assert any(
        one.endswith("/ogcapi-features-1/1.0/conf/core") for one in service.conformance()["conformsTo"]
    )
    assert "/collections/links/items" in service.api()["paths"]
    assert "diameter_mm" in service.collection_queryables("links")["properties"]
    found = service.collection_items("links", limit=10, filter="kind = 'valve' AND NOT state = 'closed'")
    assert [one["properties"]["code"] for one in found["features"]] == ["v1"]
    boxed = service.collection_items("nodes", bbox=[-2.3195, 34.91, -2.3175, 34.93])
    assert [one["properties"]["code"] for one in boxed["features"]] == ["a", "b"]
    one = service.collection_item("nodes", boxed["features"][0]["id"])
    assert one["properties"]["code"] == "a"
