"""Read the geometries of a batch, bring them to EPSG:4326, and mark the rows that have no usable one.

Arrays of shapely geometries throughout, x first. Nine decimals of a degree are kept: a tenth of a millimetre.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import shapely

from gis.adapters.vector.columns import Columns, Mask
from gis.adapters.vector.layers import GEOMETRY
from gis.domain.mapping import METRES, Coordinates, Source
from gis.domain.placement import GEOID, WGS84, transformer
from gis.domain.rows import Reason

Shape = Literal["point", "line", "area"]
Geometries = np.ndarray[Any, np.dtype[np.object_]]
Positions = np.ndarray[Any, np.dtype[np.float64]]
SINGLE = {"point": 0, "line": 1, "area": 3}
MULTI = {"point": 4, "line": 5, "area": 6}
DECIMALS = 9
EDGES = (180.0, 85.06)
"""Beyond this longitude there is nothing, beyond this latitude there are no tiles."""


@dataclass(frozen=True, slots=True)
class Plane:
    """The system that coordinates are in, and what to multiply them by first."""

    crs: str
    factor: float = 1.0


def given_shapes(columns: Columns, coordinates: Coordinates | None) -> Geometries:
    """Read the geometries as they are in the file: its own, or those in the columns named."""
    rows = columns.batch.rows
    if coordinates is None:
        if GEOMETRY not in rows.schema.names:
            return np.full(len(columns), None, dtype=object)
        return shapely.from_wkb(rows.column(GEOMETRY).to_numpy(zero_copy_only=False), on_invalid="ignore")
    if coordinates.wkt:
        return shapely.from_wkt(
            columns.text(Source(field=coordinates.wkt), longest=1 << 20).to_pylist(), on_invalid="ignore"
        )
    axes = [
        columns.number(Source(field=name)).to_numpy(zero_copy_only=False)
        for name in (coordinates.x, coordinates.y, coordinates.z)
        if name
    ]
    points = shapely.points(*axes)
    points[~np.isfinite(axes[0] + axes[1])] = None
    return points


def heights(columns: Columns, shapes: Geometries, source: Source | None) -> pa.Array:
    """Return heights in metres, from a column or the third coordinate of points; null where there is none."""
    if source is None or source.coordinate is None:
        return columns.number(source, metres=1.0)
    z = np.full(len(shapes), np.nan)
    single = shapely.get_type_id(shapes) == SINGLE["point"]
    z[single] = shapely.get_z(shapes[single]) * METRES[source.unit or "m"]
    return pa.array(z, from_pandas=True)


def nowhere_at_all(shapes: Geometries, plane: Plane) -> bool:
    """Say whether there are places and not one lies on earth in this system."""
    places = _in_degrees(shapely.get_coordinates(shapes), plane)
    return bool(len(places)) and not _on_earth(places).any()


def single_shapes(columns: Columns, shapes: Geometries, wanted: Shape) -> Geometries:
    """Keep what has the shape wanted, in one part (areas: in any number), and refuse the rest."""
    types = shapely.get_type_id(shapes)
    columns.refuse((types < 0) | shapely.is_empty(shapes), Reason.NO_GEOMETRY)
    names = (
        pa.array([getattr(shape, "geom_type", "") for shape in shapes]) if _any_other(types, wanted) else None
    )
    columns.refuse(~np.isin(types, (SINGLE[wanted], MULTI[wanted])), Reason.WRONG_GEOMETRY, names)
    shapes = shapely.force_2d(shapes)
    shapes[~columns.sound] = None
    many = columns.sound & (types == MULTI[wanted])
    if wanted == "area":
        single = columns.sound & ~many
        shapes[single] = [shapely.MultiPolygon([shape]) for shape in shapes[single]]
    elif many.any():
        merged = shapely.line_merge(shapes[many]) if wanted == "line" else shapes[many]
        parts = shapely.get_num_geometries(merged)
        shapes[many] = shapely.get_geometry(merged, 0)
        columns.refuse(_within(many, parts != 1), Reason.SEVERAL_PARTS)
    return shapes


def placed_shapes(columns: Columns, shapes: Geometries, plane: Plane) -> Geometries:
    """Bring shapes to EPSG:4326, rounded, and refuse those that land nowhere."""
    places, owners = shapely.get_coordinates(shapes, return_index=True)
    places = _in_degrees(places, plane).round(DECIMALS)
    somewhere = _on_earth(places)
    nowhere = np.zeros(len(columns), dtype=bool)
    nowhere[owners[~somewhere]] = True
    places[~somewhere] = 0.0
    columns.refuse(nowhere, Reason.OUT_OF_RANGE)
    return shapely.set_coordinates(shapes, places)


def lengths_m(lines: Geometries) -> np.ndarray[Any, Any]:
    """Measure lines of longitudes and latitudes in metres on the WGS84 ellipsoid."""
    places, owners = shapely.get_coordinates(lines, return_index=True)
    inside = np.flatnonzero(owners[1:] == owners[:-1])
    first, second = places[inside], places[inside + 1]
    _, _, metres = GEOID.inv(first[:, 0], first[:, 1], second[:, 0], second[:, 1])
    return np.bincount(owners[inside], weights=metres, minlength=len(lines))


def hex_shapes(shapes: Geometries) -> pa.Array:
    """Write shapes as PostGIS reads them in text: hexadecimal EWKB, EPSG:4326."""
    binary = pa.array(shapely.to_wkb(shapely.set_srid(shapes, 4326), include_srid=True), pa.large_binary())
    _, offsets, data = binary.buffers()
    doubled = 2 * np.frombuffer(offsets, dtype=np.int64)[: len(binary) + 1]
    text = binascii.hexlify(data) if data is not None else b""
    return pa.LargeStringArray.from_buffers(len(binary), pa.py_buffer(doubled), pa.py_buffer(text))


def _in_degrees(places: Positions, plane: Plane) -> Positions:
    scaled = places * plane.factor
    if plane.crs == WGS84:
        return scaled
    return np.column_stack(transformer(plane.crs, WGS84).transform(scaled[:, 0], scaled[:, 1]))


def _on_earth(places: Positions) -> Mask:
    return (np.abs(places[:, 0]) <= EDGES[0]) & (np.abs(places[:, 1]) <= EDGES[1])


def _any_other(types: np.ndarray[Any, Any], wanted: Shape) -> bool:
    return bool((~np.isin(types, (-1, SINGLE[wanted], MULTI[wanted]))).any())


def _within(rows: Mask, wrong: Mask) -> Mask:
    """Spread a mask over some rows to all of them."""
    spread = np.zeros(len(rows), dtype=bool)
    spread[rows] = wrong
    return spread
