"""Make tiles: of elements where they fit, else of cells with counts. Nothing is left out unsaid."""

from __future__ import annotations

import zlib
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

from django.conf import settings

from backend.core.prepared import fetch
from gis.queries.tiles.cache import BoundedCache
from gis.queries.tiles.layers import LAYERS, Layer, TileAddress
from gis.queries.tiles.sight import Sight
from gis.statements import statement

MOST_FEATURES = 6000
MOST_BYTES = 200_000
"""Of a tile, gzipped: above it, or above `MOST_FEATURES`, the tile holds cells with counts instead."""

ELEMENTS_FROM = 11
"""Below this zoom the elements of a street lie on one another: layers kept in cells show cells."""

KEPT_TO = 14
SIDE = 64
GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Tile:
    """A gzipped tile. `is_whole` False: it holds cells with counts, since its features are too many."""

    body: bytes
    is_whole: bool


made: BoundedCache[Tile] = BoundedCache(settings.TILE_CACHE_MB * 1024 * 1024)


def tile_etag(layer: Layer, address: TileAddress, sight: Sight) -> str:
    """Name the state of a tile: it changes with any row of its layer and with what the person may see."""
    state = f"{address} {sight}"
    return f'W/"{layer.name}-{blake2b(state.encode(), digest_size=12).hexdigest()}"'


def tile(layer: Layer, address: TileAddress, sight: Sight, etag: str) -> Tile:
    """Return the tile of which `etag` names the state: as kept in this process, or made now.

    What changes between naming and making stands in the tile too early, never too late.
    """
    found = made.get(etag)
    if found is None:
        found = _make(layer, address, sight)
        made.put(etag, found)
    return found


def _make(layer: Layer, address: TileAddress, sight: Sight) -> Tile:
    if not layer.in_cells or (address.z >= ELEMENTS_FROM and _counted(layer, address) <= MOST_FEATURES):
        count, body = _elements(layer, address, sight)
        # Lines that only cross are not counted beforehand: what fits is known when it is made.
        if count <= MOST_FEATURES and len(packed := _packed(body)) <= MOST_BYTES:
            return Tile(packed, is_whole=True)
    return Tile(_packed(_cells(layer, address, sight)), is_whole=False)


def _counted(layer: Layer, address: TileAddress) -> int:
    return int(_one("counted", {"layer": layer.name, **asdict(address)})[0])


def _elements(layer: Layer, address: TileAddress, sight: Sight) -> tuple[int, bytes]:
    values = {"most": MOST_FEATURES, **asdict(address), **sight.parameters}
    count, body = _one(layer.name.replace("-", "_"), values)
    return int(count), bytes(body)


def _cells(layer: Layer, address: TileAddress, sight: Sight) -> bytes:
    up = max(0, address.z - KEPT_TO)
    values = {"layer": layer.name, "side": SIDE, **asdict(address), **sight.parameters}
    if not layer.in_cells or up > 1:
        return bytes(_one("cells", values, cells=_counted_now(layer))[1])
    side, part = SIDE >> up, (1 << up) - 1
    values |= {"side": side, "left": (address.x & part) * side, "top": (address.y & part) * side}
    values |= {"kept_z": address.z - up, "kept_x": address.x >> up, "kept_y": address.y >> up}
    name = "cells_everywhere" if sight.everywhere else "cells_within"
    return bytes(_one("cells", values, cells=statement(__file__, name))[1])


def _counted_now(layer: Layer) -> str:
    of_zones = layer is LAYERS["zones"]
    return statement(__file__, "cells_counted_now").format(
        table=layer.model._meta.db_table,
        utility="row.utility" if of_zones else "(SELECT utility FROM gis_network WHERE id = row.network_id)",
        condition="row.valid @> now()" if of_zones else "true",
    )


def _one(name: str, values: dict[str, Any], **parts: str) -> tuple[Any, ...]:
    """Run a statement that the server keeps prepared; return its one row, in binary."""
    text = statement(__file__, name)
    (row,) = fetch(text.format(**parts) if parts else text, values)
    return row


def _packed(body: bytes) -> bytes:
    packer = zlib.compressobj(4, zlib.DEFLATED, GZIP)
    return packer.compress(body) + packer.flush()
