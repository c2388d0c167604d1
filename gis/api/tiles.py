"""Vector tiles and their TileJSON at `/tiles/`."""

from __future__ import annotations

import gzip
import re
from typing import Any

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.api.authentication import READING
from gis.api.permissions import IsStaff
from gis.errors import NoSuchTile
from gis.queries.networks import demonstration_notice
from gis.queries.tiles import (
    FIELDS_OF_CELLS,
    LAYERS,
    MAX_ZOOM,
    Layer,
    TileAddress,
    layer_bounds,
    sight_of,
    tile,
    tile_etag,
)

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
READS_GZIP = re.compile(r"(?:^|[\s,])(?:gzip|\*)\s*(?:$|,|;(?!\s*q=0(?:\.0*)?\s*(?:$|,)))", re.I)


class LayerView(APIView):
    """Zones are for everyone, coarsely; the networks are for staff, where they may look."""

    authentication_classes = READING

    def get_permissions(self) -> list[Any]:
        layer = LAYERS.get(self.kwargs.get("layer", ""))
        return [AllowAny()] if layer is None or layer.is_public else [IsStaff()]

    def layer(self) -> Layer:
        try:
            return LAYERS[self.kwargs["layer"]]
        except KeyError:
            raise NoSuchTile from None


class TileView(LayerView):
    @extend_schema(
        summary="Vector tile of a layer",
        description="Mapbox vector tile, at most 200 kB gzipped and six attributes. One that would hold too"
        " much holds cells instead (`kind` is `cell`), each with the `count` of what lies in it; of links the"
        " mains stay drawn, and cells count the others. `Chabaka-Tile` says which: whole, mains or cells;"
        " `Chabaka-Left-Out` how many elements are only counted.",
        responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY, 304: None, 404: OpenApiTypes.OBJECT},
    )
    def get(self, request: Request, layer: str, z: int, x: int, y: int) -> HttpResponse:
        found, address = self.layer(), TileAddress(z, x, y)
        if not address.exists:
            raise NoSuchTile
        sight = sight_of(request.user, found)
        etag = tile_etag(found, address, sight)
        if _is_known(request, etag):
            return _cached(HttpResponse(status=304), etag)
        answer = tile(found, address, sight, etag)
        response = _encoded(request, answer.body)
        response["Chabaka-Tile"] = answer.drawn
        response["Chabaka-Left-Out"] = str(answer.left_out)
        return _cached(response, etag)


class TileJsonView(LayerView):
    @extend_schema(summary="TileJSON of a layer", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, layer: str) -> Response:
        found = self.layer()
        return Response(
            {
                "tilejson": "3.0.0",
                "name": found.name,
                # Braces must reach the client as they are.
                "tiles": [request.build_absolute_uri(f"/tiles/{found.name}/") + "{z}/{x}/{y}.mvt"],
                "minzoom": 0,
                "maxzoom": MAX_ZOOM,
                "bounds": layer_bounds(found),
                "attribution": demonstration_notice(),
                "vector_layers": [
                    {
                        "id": found.name,
                        "fields": {**FIELDS_OF_CELLS, **found.fields},
                        "minzoom": 0,
                        "maxzoom": MAX_ZOOM,
                    }
                ],
            }
        )


def _is_known(request: Request, etag: str) -> bool:
    """Whether the client has this state of the tile; tags are compared weakly, as RFC 9110 has it."""
    asked = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in asked or etag.removeprefix("W/") in {one.removeprefix("W/") for one in asked}


def _encoded(request: Request, packed: bytes) -> HttpResponse:
    """Send the tile gzipped to whoever reads that."""
    if not READS_GZIP.search(request.headers.get("Accept-Encoding", "")):
        return HttpResponse(gzip.decompress(packed), content_type=MEDIA_TYPE)
    return HttpResponse(packed, content_type=MEDIA_TYPE, headers={"Content-Encoding": "gzip"})


def _cached(response: HttpResponse, etag: str) -> HttpResponse:
    """Let the browser keep a tile and ask each time whether it is still the one."""
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Accept-Encoding", "Authorization", "Cookie"])
    return response
