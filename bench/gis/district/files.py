"""Write the district as files to import: a GeoPackage of the network, a CSV of customers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
from numpy.typing import NDArray
from pyarrow import csv
from shapely import to_wkb
from shapely.geometry import Polygon

from bench.gis.district.ground import CRS
from bench.gis.district.plan import District

Floats = NDArray[np.float64]


def write(district: District, folder: Path) -> list[Path]:
    """Write `network.gpkg` (EPSG:26191: nodes, links, connection_points, zones) and `customers.csv`.

    Ends are given by code. The CSV has longitude and latitude, and the former operator's references; it names
    no node, so whoever reads it must find the nearest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    package, customers = folder / "network.gpkg", folder / "customers.csv"
    package.unlink(missing_ok=True)
    for name, shape, table in _layers(district):
        pyogrio.write_arrow(
            table,
            package,
            layer=name,
            driver="GPKG",
            geometry_name="geom",
            geometry_type=shape,
            crs=CRS,
            append=package.exists(),
        )
    points = district.points
    kept = ("code", "old_reference", "lon", "lat", "category", "critical_kind", "address")
    csv.write_csv(points.select(kept), customers)
    return [package, customers]


def _layers(district: District) -> list[tuple[str, str, pa.Table]]:
    nodes, links, points, zones = district.nodes, district.links, district.points, district.zones
    parent = zones["code"].take(zones["parent"])
    outlines = to_wkb([Polygon(ring) for ring in zones["ring"].to_pylist()])
    return [
        (
            "zones",
            "Polygon",
            _made(zones, ("code", "kind", "name_fr", "name_ar"), outlines, parent=parent),
        ),
        ("nodes", "Point", _made(nodes, ("code", "kind", "elevation_m", "is_source"), _points(nodes))),
        (
            "links",
            "LineString",
            _made(
                links,
                ("code", "kind", "diameter_mm", "state", "operable"),
                _lines(links),
                start=nodes["code"].take(links["start"]),
                end=nodes["code"].take(links["end"]),
                start_kind=nodes["kind"].take(links["start"]),
                end_kind=nodes["kind"].take(links["end"]),
            ),
        ),
        (
            "connection_points",
            "Point",
            _made(
                points,
                ("code", "old_reference", "category", "critical_kind", "address"),
                _points(points),
                node=nodes["code"].take(points["node"]),
                link=links["code"].take(points["link"]),
                link_kind=links["kind"].take(points["link"]),
            ),
        ),
    ]


def _made(table: pa.Table, kept: tuple[str, ...], wkb: Any, **more: Any) -> pa.Table:
    geometry = wkb if isinstance(wkb, pa.Array) else pa.array(wkb, pa.binary())
    columns = {**{name: table[name] for name in kept}, **more, "geom": geometry}
    # One chunk: what GDAL reads of a stream does not mind, what it writes is one batch after another.
    return pa.table({name: pc.cast(column, column.type) for name, column in columns.items()}).combine_chunks()


def _points(table: pa.Table) -> pa.Array:
    return _wkb(np.dtype([("order", "u1"), ("type", "<u4"), ("xy", "<f8", 2)]), 1, table, ("",))


def _lines(table: pa.Table) -> pa.Array:
    shape = np.dtype([("order", "u1"), ("type", "<u4"), ("count", "<u4"), ("xy", "<f8", 4)])
    return _wkb(shape, 2, table, ("start_", "end_"))


def _wkb(shape: np.dtype[Any], kind: int, table: pa.Table, prefixes: tuple[str, ...]) -> pa.Array:
    """Pack coordinates as little-endian WKB: every geometry of a layer has the same length."""
    rows = np.zeros(len(table), shape)
    rows["order"], rows["type"] = 1, kind
    if "count" in (shape.names or ()):
        rows["count"] = 2
    columns = [table[f"{prefix}{axis}"].to_numpy() for prefix in prefixes for axis in "xy"]
    rows["xy"] = np.stack(columns, axis=1)
    packed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(shape.itemsize), len(rows), [None, pa.py_buffer(rows.tobytes())]
    )
    return packed.cast(pa.binary())
