"""Vector tiles of the demo town: latency and size over HTTP, four clients, and what a revisit costs."""

from __future__ import annotations

import http.client
import json
import math
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any
from urllib.parse import urlsplit

from bench.skeleton.latency import summary
from bench.skeleton.platform import Platform

LAYERS = ("links", "nodes", "connection-points", "zones")
WEST, SOUTH, EAST, NORTH = -2.345, 34.915, -2.31, 34.937
CLIENTS, TILES_PER_ZOOM = 4, 12


def token(platform: Platform, role: str = "supervisor") -> str:
    """Sign in by the API and return the token."""
    username, password = platform.account(role)
    address = urlsplit(platform.base_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=30)
    body = json.dumps({"username": username, "password": password})
    connection.request("POST", "/api/v1/auth/login/", body, {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    return str(answer["token"])


def tiles_of(zoom: int) -> list[tuple[int, int]]:
    """List at most `TILES_PER_ZOOM` tiles over the demo town, spread evenly."""
    (west, north), (east, south) = _tile(WEST, NORTH, zoom), _tile(EAST, SOUTH, zoom)
    every = list(product(range(west, east + 1), range(north, south + 1)))
    return every[:: max(1, math.ceil(len(every) / TILES_PER_ZOOM))]


def _tile(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    x = (lon + 180) / 360 * 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom
    return int(x), int(y)


def measure() -> dict[str, Any]:
    """Fetch every layer at z10 to z19, then again with the ETag."""
    platform = Platform.running()
    auth = {"Authorization": f"Token {token(platform)}", "Accept-Encoding": "gzip"}
    paths = [
        f"/tiles/{layer}/{z}/{x}/{y}.mvt" for layer in LAYERS for z in range(10, 20) for x, y in tiles_of(z)
    ]
    shares = [paths[start::CLIENTS] for start in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        done = [
            one for share in pool.map(lambda share: _client(platform, auth, share), shares) for one in share
        ]
    return {
        "first_visit": summary([first for first, _, _ in done]),
        "revisit_304": summary([again for _, again, _ in done]),
        "largest_tile_kb": round(max(size for _, _, size in done) / 1000, 1),
        "clients": CLIENTS,
    }


def _client(platform: Platform, auth: dict[str, str], paths: list[str]) -> list[tuple[float, float, int]]:
    address = urlsplit(platform.base_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=30)
    results = []
    for path in paths:
        first, etag, size, status = _get(connection, path, auth)
        if status not in {200, 204}:
            raise RuntimeError(f"{path}: {status}")
        again, _, _, _ = _get(connection, path, auth | {"If-None-Match": etag})
        results.append((first, again, size))
    return results


def _get(
    connection: http.client.HTTPConnection, path: str, headers: dict[str, str]
) -> tuple[float, str, int, int]:
    started = time.perf_counter()
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    size = len(response.read())
    return (time.perf_counter() - started) * 1000, response.headers.get("ETag", ""), size, response.status
