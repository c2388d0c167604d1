"""Vector tiles made by PostGIS, and what their layers hold."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.contrib.gis.db.models import Extent
from django.db import connection
from django.db.models import Model

from gis.models import ConnectionPoint, LayerVersion, Link, Node, Zone
from gis.queries.search import Viewer, scope
from gis.statements import statement

MAX_ZOOM = 20
MOST_FEATURES = 8000
MOST_BYTES = 200_000
"""Of a tile, gzipped: above it, or above `MOST_FEATURES`, the tile holds cells with counts instead."""

COMMON = {"id": "Number", "code": "String", "kind": "String", "utility": "String", "count": "Number"}


@dataclass(frozen=True, slots=True)
class Layer:
    """A tile layer: its table, and the attributes of its features."""

    name: str
    model: type[Model]
    fields: dict[str, str]

    @property
    def is_public(self) -> bool:
        return self.model is Zone


LAYERS = {
    layer.name: layer
    for layer in (
        Layer("nodes", Node, {"network": "String", "source": "Boolean", "synthetic": "Boolean"}),
        Layer(
            "links",
            Link,
            {"network": "String", "state": "String", "diameter_mm": "Number", "synthetic": "Boolean"},
        ),
        Layer(
            "connection-points",
            ConnectionPoint,
            {"network": "String", "category": "String", "critical_kind": "String", "synthetic": "Boolean"},
        ),
        Layer("zones", Zone, {"name_fr": "String", "name_ar": "String"}),
    )
}


@dataclass(frozen=True, slots=True)
class TileAddress:
    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Whether the grid has such a tile; tells without a query."""
        return 0 <= self.z <= MAX_ZOOM and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z


@dataclass(frozen=True, slots=True)
class Tile:
    """A gzipped tile. `is_whole` False: it holds cells with counts, since its features are too many."""

    body: bytes
    is_whole: bool


def tile_etag(layer: Layer, address: TileAddress, user: Viewer, *, coarse: bool) -> str:
    """Name the state of a tile: it changes with any row of its layer and with what the person may see."""
    version = LayerVersion.objects.filter(pk=layer.name).values_list("version", flat=True).first() or 0
    seen = "public" if coarse else "all" if layer.is_public else str(scope(user))
    digest = blake2b(f"{version} {address} {seen}".encode(), digest_size=12).hexdigest()
    return f'W/"{layer.name}-{digest}"'


def tile(layer: Layer, address: TileAddress, user: Viewer, *, coarse: bool) -> Tile:
    """Make a tile of what `user` may see.

    Where features would be too many or mostly too small to draw, cells with counts stand for them; where a
    few are too small, the layer `{layer}-summary` tells how many there are and how many are drawn.
    """
    values: dict[str, Any] = {"z": address.z, "x": address.x, "y": address.y, "layer": layer.name}
    values |= {"most": MOST_FEATURES, "coarse": coarse, **({} if layer.is_public else scope(user))}
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, f"tile_{layer.name}"), values)
        count, drawn, body = cursor.fetchone()
        if drawn < count:
            cursor.execute(statement(__file__, "tile_summary"), {**values, "count": count, "drawn": drawn})
            body = bytes(body) + bytes(cursor.fetchone()[0])
        packed = gzip.compress(bytes(body), 5, mtime=0)
        fits = count <= MOST_FEATURES and len(packed) <= MOST_BYTES and drawn * 2 >= count
        if fits or layer.is_public:
            return Tile(packed, is_whole=True)
        table = layer.model._meta.db_table
        cursor.execute(statement(__file__, "tile_cells").format(table=table), values)
        _, body = cursor.fetchone()
    return Tile(gzip.compress(bytes(body), 5, mtime=0), is_whole=False)


def layer_bounds(layer: Layer) -> tuple[float, float, float, float]:
    """Return west, south, east, north of all that a layer holds; the whole world where it is empty."""
    extent = layer.model._default_manager.aggregate(extent=Extent("geom"))["extent"]
    return extent or (-180.0, -85.05, 180.0, 85.05)
