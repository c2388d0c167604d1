"""Tiles of a million connection points: latency by zoom, caches, and tiles a second beside tipg."""

from __future__ import annotations

import math
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from bench.gis import load, servers
from bench.gis.load import Load, summary

LAYERS = ("connection-points", "nodes", "links", "zones")
ZOOMS = range(6, 21)
TILES_PER_ZOOM = 24
CLIENTS = 4
SEED = 7


def measure() -> dict[str, Any]:
    """Measure every layer at every zoom, then the layer of connection points beside tipg."""
    from gis.services.tiles import settle_tiles

    settle_tiles()
    addresses = _addresses()
    paths = [f"/tiles/{layer}/{z}/{x}/{y}.mvt" for layer in LAYERS for z, x, y in addresses]
    with _signed_in() as headers:
        with servers.platform(CHABAKA_TILE_CACHE_MB="0") as address:
            load.run(address, paths[:40], headers, clients=CLIENTS)
            uncached = load.run(address, paths, headers, clients=CLIENTS)
            beside = _beside_tipg(address, headers, addresses)
        with servers.platform() as address:
            cached = _cached(address, headers, paths)
            purged = _purged(address, headers)
    return {
        "against": "goals: uncached under 50 ms at p95 and under 200 kB, cached under 5 ms, twice tipg",
        "clients": CLIENTS,
        "uncached": summary(uncached.answers),
        "uncached_by_zoom": _by(uncached, 3),
        "uncached_by_layer": _by(uncached, 2),
        **cached,
        "purge": purged,
        "tipg": beside,
    }


def _beside_tipg(
    address: str, headers: dict[str, str], addresses: list[tuple[int, int, int]]
) -> dict[str, Any]:
    """Serve the same tiles of the same table by both, thrice in turn; ours without its cache, and with it."""
    ours = [f"/tiles/connection-points/{z}/{x}/{y}.mvt" for z, x, y in addresses]
    collection = "/collections/public.gis_connectionpoint/tiles/WebMercatorQuad"
    theirs = [f"{collection}/{z}/{x}/{y}" for z, x, y in addresses]
    properties = ["code", "category", "network_id"]
    database = os.environ["DATABASE_URL"]
    plain = {"Accept-Encoding": "gzip"}
    with (
        servers.platform() as caching,
        servers.tipg(database, "gis_connectionpoint", geometry="geom_3857", properties=properties) as other,
    ):
        for where, paths, own in ((other, theirs, plain), (address, ours, headers), (caching, ours, headers)):
            load.run(where, paths, own, clients=CLIENTS)
        rounds = [
            [
                load.run(other, theirs, plain, clients=CLIENTS),
                load.run(address, ours, headers, clients=CLIENTS),
                load.run(caching, ours, headers, clients=CLIENTS),
            ]
            for _ in range(3)
        ]
    them, us, kept = (_middle([one[place] for one in rounds]) for place in range(3))
    return {
        "version": servers.TIPG[0],
        "tiles": len(addresses),
        "tipg_tiles_per_s": round(them.per_second, 1),
        "ours_uncached_tiles_per_s": round(us.per_second, 1),
        "ours_tiles_per_s": round(kept.per_second, 1),
        "times_tipg_uncached": round(us.per_second / them.per_second, 2),
        "times_tipg": round(kept.per_second / them.per_second, 2),
        "tipg": summary(them.answers),
        "ours_uncached": summary(us.answers),
        "tipg_by_zoom": _by(them, -3),
        "tipg_leaves_out": "what is beyond its first 10,000 features of a tile, without a word",
    }


def _cached(address: str, headers: dict[str, str], paths: list[str]) -> dict[str, Any]:
    first = load.run(address, paths, headers, clients=CLIENTS)
    again = load.run(address, paths, headers, clients=CLIENTS)
    alone = load.run(address, paths, headers, clients=1)
    asked = [(answer.path, {"If-None-Match": answer.etag}) for answer in first.answers]
    unchanged = load.run_each(address, asked, headers, clients=CLIENTS)
    assert {answer.status for answer in unchanged.answers} == {304}
    return {
        "cached": {**summary(again.answers), "tiles_per_s": round(again.per_second, 1)},
        "cached_one_client": summary(alone.answers),
        "not_modified": {**summary(unchanged.answers), "tiles_per_s": round(unchanged.per_second, 1)},
    }


def _purged(address: str, headers: dict[str, str]) -> dict[str, Any]:
    """Move a point and back: until when the tile of its place is another."""
    from gis.models import ConnectionPoint

    point = ConnectionPoint.objects.order_by("pk").first()
    assert point is not None
    path = "/tiles/connection-points/{}/{}/{}.mvt".format(*_tile(point.geom.x, point.geom.y, 12))
    before = load.run(address, [path], headers, clients=1).answers[0]
    began = time.perf_counter()
    ConnectionPoint.objects.filter(pk=point.pk).update(
        geom=f"SRID=4326;POINT({point.geom.x} {point.geom.y + 1})"
    )
    updated = time.perf_counter()
    after = load.run(address, [path], headers, clients=1).answers[0]
    ConnectionPoint.objects.filter(pk=point.pk).update(geom=point.geom)
    assert after.etag != before.etag
    return {
        "move_a_point_ms": round((updated - began) * 1000, 1),
        "next_tile_is_new": True,
        "its_ms": round(after.ms, 1),
    }


def _addresses() -> list[tuple[int, int, int]]:
    """Choose tiles where connection points are, as many of each zoom as there are, up to a bound."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(geom), ST_Y(geom) FROM gis_connectionpoint TABLESAMPLE SYSTEM (0.5) REPEATABLE (7)"
        )
        places = cursor.fetchall()
    random.Random(SEED).shuffle(places)
    chosen: list[tuple[int, int, int]] = []
    for z in ZOOMS:
        chosen += list(dict.fromkeys(_tile(lon, lat, z) for lon, lat in places))[:TILES_PER_ZOOM]
    random.Random(SEED).shuffle(chosen)
    return chosen


def _tile(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    x = (lon + 180) / 360 * 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z
    return z, int(x), int(y)


@contextmanager
def _signed_in() -> Iterator[dict[str, str]]:
    """Yield the headers of a supervisor who sees everything and is gone afterwards."""
    from knox.models import AuthToken

    from backend.core.models import RoleAssignment, User
    from gis.models import Jurisdiction

    User.objects.filter(username="bench-tiles").delete()
    user = User.objects.create_user(username="bench-tiles")
    RoleAssignment.objects.create(
        user=user, role="supervisor", valid=(datetime(2020, 1, 1, tzinfo=UTC), None)
    )
    Jurisdiction.objects.create(user=user, zone=None)
    _, token = AuthToken.objects.create(user=user)
    try:
        yield {"Authorization": f"Token {token}", "Accept-Encoding": "gzip"}
    finally:
        user.delete()


def _middle(rounds: list[Load]) -> Load:
    return sorted(rounds, key=lambda one: one.per_second)[len(rounds) // 2]


def _by(loaded: Load, part: int) -> dict[str, dict[str, Any]]:
    """Sum up by one part of the path: layer (2) or zoom (3, or -3)."""
    groups: dict[str, list[load.Answer]] = {}
    for answer in loaded.answers:
        groups.setdefault(answer.path.split("/")[part], []).append(answer)
    ordered = sorted(groups, key=lambda name: (len(name), name))
    return {name: summary(groups[name]) for name in ordered}
