"""Vector tiles made by PostGIS: elements where they fit, else cells that say how many."""

from __future__ import annotations

from gis.queries.tiles.layers import (
    FIELDS_OF_CELLS,
    LAYERS,
    MAX_ZOOM,
    Layer,
    TileAddress,
    layer_bounds,
    layer_version,
)
from gis.queries.tiles.making import Tile, tile, tile_etag
from gis.queries.tiles.sight import Sight, sight_of

__all__ = [
    "FIELDS_OF_CELLS",
    "LAYERS",
    "MAX_ZOOM",
    "Layer",
    "Sight",
    "Tile",
    "TileAddress",
    "layer_bounds",
    "layer_version",
    "sight_of",
    "tile",
    "tile_etag",
]
