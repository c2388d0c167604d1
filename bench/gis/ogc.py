"""OGC API - Features at a million: pages of 1,000 features wherever they lie, boxes, filters, all of it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

from bench.gis import servers
from bench.gis.load import run, summary

LAYERS = ("nodes", "links", "connection-points")
LIMIT, ROUNDS = 1000, 40
GRID = "http://www.opengis.net/def/crs/EPSG/0/26191"
TOWN = "-4.755,34.005,-4.745,34.015"
"""A quarter of some 8,000 features: more than a page."""
STREET = "-4.751,34.009,-4.749,34.011"


def measure() -> dict[str, Any]:
    """Ask one page at a time, as a GIS does; then four clients at once."""
    with _signed_in() as headers, servers.platform() as address:
        asked = {
            "page_1": [_items(layer) for layer in LAYERS],
            "page_900": [_items(layer, cursor=_after_page(layer, 899)) for layer in LAYERS],
            "moroccan_grid": [_items(layer, crs=GRID) for layer in LAYERS],
            "box_of_a_quarter": [_items(layer, bbox=TOWN) for layer in LAYERS],
            "box_of_a_street": [_items(layer, bbox=STREET) for layer in LAYERS],
            "filter": [_items("links", filter="kind = 'valve' AND operable = TRUE")],
        }
        figures: dict[str, Any] = {}
        for name, paths in asked.items():
            run(address, paths * 3, headers, clients=1)
            figures[name] = summary(run(address, paths * ROUNDS, headers, clients=1).answers)
        figures["page_1_with_4_clients"] = summary(run(address, asked["page_1"] * ROUNDS, headers).answers)
        figures["read_whole"] = _read_whole(address, headers)
    return {
        "against": "goals: 1,000 features under 50 ms at p95, page 900 as fast as page 1",
        "features_per_page": LIMIT,
        **figures,
    }


def _items(layer: str, **asked: Any) -> str:
    query = urlencode({"limit": LIMIT, **asked}, quote_via=quote)
    return f"/ogc/collections/{layer}/items?{query}"


def _after_page(layer: str, pages: int) -> int:
    """Return the cursor that stands after so many pages."""
    from gis.queries.features import COLLECTIONS

    rows = COLLECTIONS[layer].model._default_manager.order_by("pk")
    return int(rows.values_list("pk", flat=True)[pages * LIMIT - 1])


def _read_whole(address: str, headers: dict[str, str]) -> dict[str, Any]:
    """Read every connection point in pages of 10,000; then the first ten and the last ten in turn."""
    layer, pages = "connection-points", 100
    cursors = [0, *(_after_page(layer, page * 10) for page in range(1, pages))]
    paths = [_items(layer, limit=10_000, cursor=cursor) for cursor in cursors]
    load = run(address, paths, headers, clients=1)
    in_turn = [path for pair in zip(paths[:10], paths[-10:], strict=True) for path in pair]
    again = run(address, in_turn * 2, headers, clients=1).answers
    return {
        "features_per_second": round(pages * 10_000 / load.seconds),
        "first_ten_pages": summary(again[0::2]),
        "last_ten_pages": summary(again[1::2]),
    }


@contextmanager
def _signed_in() -> Iterator[dict[str, str]]:
    """Give the headers of a supervisor's access key, for as long as it lasts."""
    from django.db import connection

    from backend.core.services.access_keys import make_access_key
    from backend.core.services.people import ensure_user
    from gis.services import assign_jurisdiction

    user = ensure_user(username="bench-ogc", roles=["supervisor"])
    assign_jurisdiction(user=user)
    key, text = make_access_key(user=user, name="bench", days=1)
    pair = b64encode(f"{user.username}:{text}".encode()).decode()
    connection.close()
    try:
        yield {"Authorization": f"Basic {pair}"}
    finally:
        key.delete()
        connection.close()
