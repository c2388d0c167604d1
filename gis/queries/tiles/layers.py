"""What layers there are, what their features say, and how fresh they are."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.gis.db.models import Extent
from django.core.cache import cache
from django.db.models import Model

from backend.core.prepared import fetch
from gis.models import ConnectionPoint, Link, Node, Zone
from gis.statements import statement

MAX_ZOOM = 20
WORLD = (-180.0, -85.05, 180.0, 85.05)
BOUNDS_LAST_S = 24 * 3600
FIELDS = {"id": "Number", "code": "String", "kind": "String"}
OF_NETWORK = {**FIELDS, "utility": "String", "network": "String"}
FIELDS_OF_CELLS = {**FIELDS, "utility": "String", "count": "Number"}
"""A tile holds elements or cells. Each has six attributes at most, so that no tile has more."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A tile layer: its model, the attributes of its features with their TileJSON types, and who may see it.

    `in_cells`: the database keeps count of its elements in cells of every zoom.
    """

    name: str
    model: type[Model]
    fields: dict[str, str]
    in_cells: bool = True
    is_public: bool = False


LAYERS = {
    layer.name: layer
    for layer in (
        Layer("nodes", Node, {**OF_NETWORK, "source": "Boolean"}),
        Layer("links", Link, {**OF_NETWORK, "state": "String"}),
        Layer("connection-points", ConnectionPoint, {**OF_NETWORK, "count": "Number"}),
        Layer(
            "zones",
            Zone,
            {**FIELDS, "name_fr": "String", "name_ar": "String", "count": "Number"},
            in_cells=False,
            is_public=True,
        ),
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


def layer_version(name: str) -> str:
    """Return a word that is another after every change of what a layer shows, and never comes back."""
    ((version,),) = fetch(statement(__file__, "version"), {"layer": name})
    return str(version)


def layer_bounds(layer: Layer) -> tuple[float, float, float, float]:
    """Return west, south, east, north of all that a layer holds; the whole world where it is empty.

    Every row is looked at once for each version of the layer.
    """
    key = f"gis:tiles:{layer.name}:bounds:{layer_version(layer.name)}"
    extent = cache.get(key)
    if extent is None:
        extent = layer.model._default_manager.aggregate(extent=Extent("geom"))["extent"] or WORLD
        cache.set(key, extent, BOUNDS_LAST_S)
    return tuple(extent)
