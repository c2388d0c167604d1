"""Small vector files, written by GDAL as an engineer's GIS would."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

Rows = Sequence[tuple[Any, Mapping[str, Any]]]
"""Geometry in WKT (or None), and fields."""

ORIGIN = (780_000.0, 487_000.0)
"""In Merchich / Nord Maroc (EPSG:26191), east of Berkane."""


def write_layer(
    path: Path,
    rows: Rows,
    *,
    layer: str | None = None,
    crs: str | None = "EPSG:26191",
    geometry: str = "Unknown",
    driver: str = "GPKG",
    **options: Any,
) -> Path:
    """Add a layer to the file at `path`."""
    names = list(rows[0][1])
    columns = [np.array([fields[name] for _, fields in rows]) for name in names]
    shapes = shapely.to_wkb([shapely.from_wkt(wkt) if wkt else None for wkt, _ in rows])
    with warnings.catch_warnings():
        # A file without a coordinate system is what some tests are about.
        warnings.filterwarnings("ignore", message="'crs' was not provided")
        _write(
            path, shapes, columns, names, layer=layer, crs=crs, geometry=geometry, driver=driver, **options
        )
    return path


def _write(
    path: Path,
    shapes: Any,
    columns: list[Any],
    names: list[str],
    *,
    layer: str | None,
    crs: str | None,
    geometry: str,
    driver: str,
    **options: Any,
) -> None:
    pyogrio.raw.write(
        str(path),
        shapes,
        columns,
        names,
        layer=layer or path.stem,
        driver=driver,
        geometry_type=geometry,
        crs=crs,
        append=path.exists(),
        **options,
    )


def zipped(folder: Path, name: str) -> Path:
    """Zip what lies in a folder, in a folder of the archive as people do."""
    archive = folder.parent / f"{name}.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for part in sorted(folder.iterdir()):
            packed.write(part, f"réseau/{part.name}")
    return archive


def point(x: float, y: float, z: float | None = None) -> str:
    """Return a point so many metres east and north of the origin."""
    height = f" {z}" if z is not None else ""
    return f"POINT{' Z' if height else ''} ({ORIGIN[0] + x} {ORIGIN[1] + y}{height})"


def line(*places: tuple[float, float]) -> str:
    """Return a line through places given in metres from the origin."""
    return f"LINESTRING ({', '.join(f'{ORIGIN[0] + x} {ORIGIN[1] + y}' for x, y in places)})"


def area(west: float, south: float, side: float) -> str:
    """Return a square, its corner given in metres from the origin."""
    x, y = ORIGIN[0] + west, ORIGIN[1] + south
    corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
    return f"POLYGON (({', '.join(f'{a} {b}' for a, b in corners)}))"
