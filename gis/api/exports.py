"""A network as a file to take away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from asgiref.sync import sync_to_async
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.core.models import User
from backend.core.permissions import HasRole
from backend.core.services import audit
from gis.domain.exports import LAYERS
from gis.errors import ExportTooLarge, NoSuchNetwork
from gis.models import Network
from gis.queries.exports import MOST_AT_ONCE, elements_of
from gis.services.exporting import FORMATS, SUFFIXES, export_network

MEDIA_TYPES = {
    "geopackage": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "epanet": "text/plain; charset=utf-8",
}


READERS = ("analyst", "dispatcher", "supervisor", "administrator")


class Download(FileResponse):
    """A file given away piece by piece, whichever way the server asks for it."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self)
        following = sync_to_async(lambda: next(pieces, b""), thread_sensitive=False)
        while piece := await following():
            yield piece


class NetworkExportView(APIView):
    """The rows of one network that the reader may see; who took which away is kept.

    Networks above 200,000 elements are asked for at `exports/` instead (409 here).
    """

    permission_classes = [HasRole(*READERS)]

    @extend_schema(
        summary="A network as a file",
        parameters=[
            OpenApiParameter("as", str, enum=list(FORMATS), description="Default: geopackage."),
            OpenApiParameter("crs", str, description="`EPSG:N`; GeoJSON is always in WGS 84."),
            OpenApiParameter("layers", str, description=f"Some of {', '.join(LAYERS)}; default: all."),
        ],
        responses={(200, kind.partition(";")[0]): OpenApiTypes.BINARY for kind in MEDIA_TYPES.values()},
    )
    def get(self, request: Request, code: str) -> FileResponse:
        reader = cast(User, request.user)
        network = Network.objects.filter(code=code).first()
        if network is None:
            raise NoSuchNetwork
        if elements_of(network) > MOST_AT_ONCE:
            raise ExportTooLarge
        asked = request.query_params
        file_format = asked.get("as") or "geopackage"
        with TemporaryDirectory(prefix="chabaka-export-") as folder:
            path = Path(folder) / f"{network.code}{SUFFIXES.get(file_format, '')}"
            report = export_network(
                code=network.code,
                path=path,
                file_format=file_format,
                crs=asked.get("crs") or None,
                layers=[name for name in asked.get("layers", "").split(",") if name],
                seen_by=reader,
            )
            # The open file outlives its name: nothing is left to sweep.
            file = path.open("rb")
        audit.record(
            actor=reader,
            action="gis.network_exported",
            subject=f"network:{network.pk}",
            format=file_format,
            **report.counts,
        )
        return Download(
            file, as_attachment=True, filename=path.name, content_type=MEDIA_TYPES[report.file_format]
        )
