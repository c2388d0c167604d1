"""The vector tiles at `/tiles/` as OGC API - Tiles describes them, on the grid everybody uses."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.reverse import reverse

from gis.api.ogc.base import REL, CollectionView, Document, OgcView, link, own_links
from gis.domain.crs import CRS84
from gis.errors import NoSuchTile
from gis.queries.features import Collection, collection_extent
from gis.queries.tiles import LAYERS, MAX_ZOOM

GRID = "WebMercatorQuad"
GRID_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{GRID}"
MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
HALF_M = 20037508.342789244
"""Half the width of the square that Web Mercator draws the world in, in metres."""
PIXEL_M = 0.00028
"""Of the screen that scale denominators are meant for."""
MVT = "application/vnd.mapbox-vector-tile"
DIMENSIONS = {"Point": 0, "LineString": 1, "MultiPolygon": 2}


class TilesetListView(CollectionView):
    template = "ogc/tilesets.html"

    def document(self, request: Request) -> Document:
        described = tileset(request, self.collection)
        address = reverse("ogc-tileset", [self.collection.id], request=request)
        kept = ("title", "dataType", "crs", "tileMatrixSetURI")
        brief = {name: described[name] for name in kept}
        grid = reverse("ogc-matrix-set", request=request)
        links = [
            link("self", address, title=_("These tiles")),
            link(f"{REL}/tiling-scheme", grid, title=_("Tile grid")),
            described["links"][0],
        ]
        return {"links": own_links(request), "tilesets": [{**brief, "links": links}]}

    def page(self, document: Document) -> dict[str, Any]:
        return {"collection": self.collection}


class TilesetView(CollectionView):
    template = "ogc/tilesets.html"

    def document(self, request: Request) -> Document:
        described = tileset(request, self.collection)
        return {**described, "links": [*own_links(request), *described["links"]]}

    def page(self, document: Document) -> dict[str, Any]:
        return {"collection": self.collection}


class MatrixSetListView(OgcView):
    def document(self, request: Request) -> Document:
        grid = link("self", reverse("ogc-matrix-set", request=request), title=GRID)
        one = {"id": GRID, "title": "Google Maps Compatible for the World", "uri": GRID_URI, "links": [grid]}
        return {"links": own_links(request), "tileMatrixSets": [one]}

    def page(self, document: Document) -> dict[str, Any]:
        return {"title": _("Tile grids")}


class MatrixSetView(OgcView):
    def document(self, request: Request) -> Document:
        return {
            "id": GRID,
            "title": "Google Maps Compatible for the World",
            "uri": GRID_URI,
            "crs": MERCATOR,
            "orderedAxes": ["X", "Y"],
            "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
            "tileMatrices": [_matrix(zoom) for zoom in range(MAX_ZOOM + 1)],
            "links": own_links(request),
        }

    def page(self, document: Document) -> dict[str, Any]:
        return {"title": GRID}


def tileset(request: Request, collection: Collection) -> Document:
    """Describe the tiles of a collection; the first link is the template of their addresses.

    Raises:
        NoSuchTile: it has none.
    """
    layer = LAYERS.get(collection.id)
    if layer is None:
        raise NoSuchTile
    # Braces must reach the client as they are.
    template = request.build_absolute_uri(f"/tiles/{layer.name}/") + "{tileMatrix}/{tileCol}/{tileRow}.mvt"
    box = collection_extent(collection)
    corners = {"lowerLeft": box[:2], "upperRight": box[2:], "crs": CRS84.uri} if box else None
    return {
        "title": str(collection.title),
        "dataType": "vector",
        "crs": MERCATOR,
        "tileMatrixSetURI": GRID_URI,
        **({"boundingBox": corners} if corners else {}),
        "layers": [
            {"id": layer.name, "dataType": "vector", "geometryDimension": DIMENSIONS[collection.geometry]}
        ],
        "links": [
            link("item", template, MVT, _("Vector tiles"), templated=True),
            link(
                f"{REL}/tiling-scheme",
                reverse("ogc-matrix-set", request=request),
                title=_("Tile grid"),
            ),
            link("describedby", reverse("gis-tilejson", [layer.name], request=request), title="TileJSON"),
        ],
    }


def _matrix(zoom: int) -> dict[str, Any]:
    cell = 2 * HALF_M / 256 / 2**zoom
    return {
        "id": str(zoom),
        "scaleDenominator": cell / PIXEL_M,
        "cellSize": cell,
        "pointOfOrigin": [-HALF_M, HALF_M],
        "tileWidth": 256,
        "tileHeight": 256,
        "matrixWidth": 2**zoom,
        "matrixHeight": 2**zoom,
    }
