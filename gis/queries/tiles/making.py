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

MOST_COUNTED = 5000
"""Elements whose middle lies in a tile, above which it is not drawn one by one."""

MOST_FEATURES = 6500
"""The same with those that reach into it and those in its margin: a quarter more where they are dense."""

MOST_BYTES = 200_000
"""Of a tile, gzipped: above it, or above `MOST_FEATURES`, the tile holds cells with counts instead."""

MOST_MAINS = 2500
"""Mains drawn in a tile of links that is cells otherwise."""

ELEMENTS_FROM = 11
"""Below this zoom the elements of a street lie on one another: layers kept in cells show cells."""

MAINS_FROM = {9: 3, 11: 2, 13: 1}
"""From which zoom on mains of which rank stay drawn where not all links fit: see `gis_main_rank`."""

KEPT_TO = 14
SIDE = 64
GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Tile:
    """A gzipped tile, and what it draws one by one: `whole`, `mains` or, where only counts fit, `cells`.

    `left_out` is how many elements it only counts, in its cells.
    """

    body: bytes
    drawn: str
    left_out: int = 0


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
    if not layer.in_cells or (address.z >= ELEMENTS_FROM and _counted(layer, address) <= MOST_COUNTED):
        count, body = _elements(layer, address, sight)
        # Lines that only cross are not counted beforehand: what fits is known when it is made.
        if count <= MOST_FEATURES and len(packed := _packed(body)) <= MOST_BYTES:
            return Tile(packed, "whole")
    if (rank := _rank_to_draw(layer, address, sight)) is not None:
        left_out, body = _cells(layer, address, sight, "mains", rank=str(rank), drawn=_link_drawn())
        if len(packed := _packed(body)) <= MOST_BYTES:
            return Tile(packed, "mains", left_out)
    left_out, body = _cells(layer, address, sight, "cells")
    return Tile(_packed(body), "cells", left_out)


def _rank_to_draw(layer: Layer, address: TileAddress, sight: Sight) -> int | None:
    """Return the lowest rank of mains that fit a tile; None: it has none, or too many of the greatest."""
    if layer is not LAYERS["links"] or address.z < min(MAINS_FROM):
        return None
    lowest = next(rank for zoom, rank in sorted(MAINS_FROM.items(), reverse=True) if zoom <= address.z)
    for rank in range(lowest, max(MAINS_FROM.values()) + 1):
        values = {"most": MOST_MAINS, **asdict(address), **sight.parameters}
        (count,) = _one("mains_counted", values, rank=str(rank))
        if count <= MOST_MAINS:
            return rank if count else None
    return None


def _link_drawn() -> str:
    return statement(__file__, "link_drawn")


def _counted(layer: Layer, address: TileAddress) -> int:
    return int(_one("counted", {"layer": layer.name, **asdict(address)})[0])


def _elements(layer: Layer, address: TileAddress, sight: Sight) -> tuple[int, bytes]:
    values = {"most": MOST_FEATURES, **asdict(address), **sight.parameters}
    parts = {"drawn": _link_drawn()} if layer is LAYERS["links"] else {}
    count, body = _one(layer.name.replace("-", "_"), values, **parts)
    return int(count), bytes(body)


def _cells(layer: Layer, address: TileAddress, sight: Sight, name: str, **parts: str) -> tuple[int, bytes]:
    """Make a tile of cells by the statement `name`; return with it how many elements they count."""
    up = max(0, address.z - KEPT_TO)
    values = {"layer": layer.name, "side": SIDE, **asdict(address), **sight.parameters}
    if not layer.in_cells or up > 1:
        return _one(name, values, cells=_counted_now(layer), **parts)
    side, part = SIDE >> up, (1 << up) - 1
    values |= {"side": side, "left": (address.x & part) * side, "top": (address.y & part) * side}
    values |= {"kept_z": address.z - up, "kept_x": address.x >> up, "kept_y": address.y >> up}
    kept = "cells_everywhere" if sight.everywhere else "cells_within"
    return _one(name, values, cells=statement(__file__, kept), **parts)


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
