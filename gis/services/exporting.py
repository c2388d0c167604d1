"""Write a network to a file that others can open: GeoPackage, GeoJSON, or an EPANET model."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db import connection, transaction
from django.utils.translation import gettext as _
from pyproj import CRS
from pyproj.exceptions import CRSError

from backend.core import clock
from backend.core.errors import InvalidInput, PermissionRefused
from backend.core.models import User
from gis.adapters.epanet import UnwritableNetworkError, write_epanet
from gis.adapters.geojson import FeatureCollection
from gis.adapters.geopackage import write_layer
from gis.domain.exports import LAYERS
from gis.domain.placement import PLACE_CRS, WGS84
from gis.domain.rows import NetworkRows
from gis.errors import NoSuchNetwork, PlaceUnknown, Unexportable
from gis.models import HydraulicModel, Network
from gis.models.scoping import areas_of
from gis.queries.exports import LayerRows, layer_rows, link_rows, node_rows, wkb

Progress = Callable[[str, int, int], None]
"""Told the layer, how many of its rows are written and how many there are."""
DECIMALS = 9
MOST_MODELLED = 200_000
"""Nodes of a network beyond which no EPANET model is made of it: nobody could compute it."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written: rows of each layer, and what a model had to assume, by reason."""

    network: str
    file_format: str
    crs: str
    counts: Mapping[str, int]
    assumed: Mapping[str, int] = field(default_factory=dict)
    size_bytes: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Task:
    """One export as its writer sees it."""

    network: Network
    path: Path
    srid: int
    layers: tuple[str, ...]
    seen_by: User | None
    progress: Progress

    @property
    def about(self) -> dict[str, str]:
        return {
            "name": self.network.code,
            "utility": self.network.utility,
            "written_at": clock.now().isoformat(),
        }


def export_network(
    *,
    code: str,
    path: Path,
    file_format: str,
    crs: str | None = None,
    layers: Collection[str] = (),
    seen_by: User | None = None,
    progress: Progress = lambda layer, done, total: None,
) -> ExportReport:
    """Write the network `code` to `path`, as it is at one instant; a file already there is replaced.

    Args:
        file_format: a key of `FORMATS`.
        crs: the coordinate system of the file; default WGS 84, and for EPANET, which has none, `PLACE_CRS`.
        layers: names of `LAYERS`, all if none; EPANET always takes nodes and links.
        seen_by: whose rights hold; None is the terminal's, all rows.

    Raises:
        NoSuchNetwork: there is none of this code.
        PlaceUnknown: no such coordinate system.
        InvalidInput: no such format or layer, or GeoJSON in another system than WGS 84.
        Unexportable: the network is none that EPANET computes.
        PermissionRefused: a model of a part of a network would compute nothing true.
    """
    started = time.monotonic()
    network = Network.objects.filter(code=code).first()
    if network is None:
        raise NoSuchNetwork(errors={"network": [code]})
    system, srid, chosen = checked_choice(file_format, crs, layers)
    with TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
        work = Path(folder) / path.name
        task = _Task(network, work, srid, chosen, seen_by, progress)
        with _one_instant():
            counts, assumed = FORMATS[file_format](task)
        work.replace(path)
    seconds = round(time.monotonic() - started, 2)
    return ExportReport(code, file_format, system, counts, assumed, path.stat().st_size, seconds)


def checked_choice(
    file_format: str, crs: str | None, layers: Collection[str]
) -> tuple[str, int, tuple[str, ...]]:
    """Return the coordinate system by name and by number, and the layers in order.

    Raises:
        InvalidInput, PlaceUnknown: as `export_network`.
    """
    chosen = _choice(file_format, layers)
    system = crs or DEFAULT_CRS.get(file_format, WGS84)
    return system, _srid(file_format, system), chosen


def _choice(file_format: str, layers: Collection[str]) -> tuple[str, ...]:
    if file_format not in FORMATS:
        raise InvalidInput(errors={"format": [file_format]})
    if unknown := [name for name in layers if name not in LAYERS]:
        raise InvalidInput(errors={"layers": unknown})
    return tuple(name for name in LAYERS if name in layers) if layers else tuple(LAYERS)


def _srid(file_format: str, crs: str) -> int:
    try:
        srid = CRS.from_user_input(crs).to_epsg()
    except CRSError:
        srid = None
    if srid is None:
        raise PlaceUnknown(errors={"crs": [crs]})
    if file_format == "geojson" and crs != WGS84:
        raise InvalidInput(errors={"crs": [_("GeoJSON is always in longitude and latitude (WGS 84).")]})
    return srid


@contextmanager
def _one_instant() -> Iterator[None]:
    """Read everything as of one instant, whatever is written meanwhile."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _geopackage(task: _Task) -> tuple[dict[str, int], dict[str, int]]:
    crs = f"EPSG:{task.srid}"
    return {
        name: write_layer(task.path, rows.layer, rows, crs=crs, about=task.about, progress=progress)
        for name, rows, progress in _layers(task, wkb(task.srid))
    }, {}


def _geojson(task: _Task) -> tuple[dict[str, int], dict[str, int]]:
    with task.path.open("wb") as file, FeatureCollection(file, task.about) as features:
        return {
            name: features.write(rows.layer, rows, progress=progress)
            for name, rows, progress in _layers(task, AsGeoJSON("geom", precision=DECIMALS))
        }, {}


def _layers(task: _Task, geometry: Any) -> Iterator[tuple[str, LayerRows, Callable[[int], None]]]:
    for name in task.layers:
        rows = layer_rows(task.network, name, seen_by=task.seen_by, geometry=geometry)
        total = rows.count()
        task.progress(name, 0, total)
        yield name, rows, partial(_tell, task.progress, name, total)


def _tell(progress: Progress, name: str, total: int, done: int) -> None:
    progress(name, done, total)


def _epanet(task: _Task) -> tuple[dict[str, int], dict[str, int]]:
    if task.seen_by is not None and areas_of(task.seen_by) is not None:
        raise PermissionRefused
    if not (size := layer_rows(task.network, "nodes", seen_by=None, geometry=wkb(task.srid)).count()):
        raise Unexportable(errors={"network": [_("It has no nodes.")]})
    if size > MOST_MODELLED:
        raise Unexportable(errors={"network": [_("It is too large to be computed as one model.")]})
    held = HydraulicModel.objects.filter(network=task.network).values_list("content", flat=True).first()
    rows = NetworkRows(
        task.network.utility,
        node_rows(task.network, task.srid),
        link_rows(task.network, task.srid),
        hydraulics=held or {},
    )
    try:
        assumed = write_epanet(rows, task.path).assumed
    except UnwritableNetworkError as error:
        raise Unexportable(errors={"network": [str(error)]}) from error
    return {"nodes": len(rows.nodes), "links": len(rows.links)}, dict(assumed)


FORMATS: Mapping[str, Callable[[_Task], tuple[dict[str, int], dict[str, int]]]] = {
    "geopackage": _geopackage,
    "geojson": _geojson,
    "epanet": _epanet,
}
SUFFIXES = {"geopackage": ".gpkg", "geojson": ".geojson", "epanet": ".inp"}
DEFAULT_CRS = {"epanet": PLACE_CRS}
