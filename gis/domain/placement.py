"""Put a network where it belongs: read its coordinates, or move it rigidly to a stated place.

A placed network is translated and rotated, never stretched, in a metric plane (`PLACE_CRS`). Axis order is
always x, y (longitude, latitude). Rotation is in degrees, counter-clockwise, about the centre of the nodes'
box.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError

from gis.domain.rows import NetworkRows, Position

WGS84 = "EPSG:4326"
PLACE_CRS = "EPSG:26191"
"""Merchich / Nord Maroc, the plane in which placed networks are moved."""

UNITS_IN_METRES = {"m": 1.0, "mm": 0.001, "ft": 0.3048, "us-ft": 1200 / 3937}
GEOID = Geod(ellps="WGS84")


class PlacementError(Exception):
    """The coordinates cannot be understood; `code` says why: unknown_unit, unknown_crs or missing_crs."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Place:
    """Where the centre of a network goes, and how far it is turned."""

    lon: float
    lat: float
    rotation_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Placed:
    """Rows in longitude and latitude, and how they got there."""

    rows: NetworkRows
    source_crs: str
    placed_in: str | None


def place_rows(
    rows: NetworkRows, *, crs: str | None = None, unit: str | None = None, place: Place | None = None
) -> Placed:
    """Bring `rows` to EPSG:4326.

    Args:
        crs: the plane of the coordinates; with degrees and a place, the plane to measure them in.
        unit: m, mm, ft, us-ft or deg; default what the file says, else metres.

    Raises:
        PlacementError: no coordinate system where one is needed, or an unknown one, or an unknown unit.
    """
    unit = unit or rows.coordinate_unit or "m"
    crs = crs or rows.crs
    if unit not in UNITS_IN_METRES and unit != "deg":
        raise PlacementError("unknown_unit", unit)
    if place is None:
        return _read_in_place(rows, crs, unit)
    return _move(rows, crs, unit, place)


def geodesic_length_m(line: Sequence[Position]) -> float:
    """Measure a line of longitudes and latitudes in metres on the WGS84 ellipsoid."""
    return float(GEOID.line_length([p[0] for p in line], [p[1] for p in line]))


@lru_cache(maxsize=16)
def transformer(source: str, target: str) -> Transformer:
    """Get the transformation between two systems, x first.

    Raises:
        PlacementError: one of them is unknown.
    """
    try:
        return Transformer.from_crs(source, target, always_xy=True)
    except CRSError as error:
        raise PlacementError("unknown_crs", f"{source} {target}") from error


def project(positions: Sequence[Position], source: str, target: str) -> list[Position]:
    """Transform positions from one system to another in one call."""
    if not positions or source == target:
        return list(positions)
    xs, ys = transformer(source, target).transform([p[0] for p in positions], [p[1] for p in positions])
    return list(zip(map(float, xs), map(float, ys), strict=True))


def source_plane(crs: str | None, unit: str | None) -> tuple[str, float]:
    """Return the system that coordinates are in, and what to multiply them by first.

    Without a unit they are in the system's own.

    Raises:
        PlacementError: no coordinate system, an unknown one, or a unit that does not go with it.
    """
    if crs is None and unit == "deg":
        crs = WGS84
    if crs is None:
        raise PlacementError("missing_crs")
    system = _system(crs)
    if unit is None:
        return crs, 1.0
    if unit == "deg":
        return (crs if system.is_geographic else WGS84), 1.0
    if unit not in UNITS_IN_METRES or system.is_geographic:
        raise PlacementError("unknown_unit", unit)
    # EPSG units of a projected plane may be feet already: the file's unit is told against metres.
    return crs, UNITS_IN_METRES[unit] / (system.axis_info[0].unit_conversion_factor or 1.0)


def _read_in_place(rows: NetworkRows, crs: str | None, unit: str) -> Placed:
    crs, factor = source_plane(crs, unit)

    def to_wgs84(positions: list[Position]) -> list[Position]:
        return project([(x * factor, y * factor) for x, y in positions], crs, WGS84)

    return Placed(_mapped(rows, to_wgs84), crs, None)


def _move(rows: NetworkRows, crs: str | None, unit: str, place: Place) -> Placed:
    if unit == "deg":
        plane = crs if crs and not _system(crs).is_geographic else _utm_zone(rows)

        def to_metres(positions: list[Position]) -> list[Position]:
            return project(positions, WGS84, plane)
    else:
        plane = crs or "local"
        factor = UNITS_IN_METRES[unit]

        def to_metres(positions: list[Position]) -> list[Position]:
            return [(x * factor, y * factor) for x, y in positions]

    metric = _mapped(rows, to_metres)
    cx, cy = _centre(node.position for node in metric.nodes)
    ((ax, ay),) = project([(place.lon, place.lat)], WGS84, PLACE_CRS)
    cos, sin = math.cos(math.radians(place.rotation_deg)), math.sin(math.radians(place.rotation_deg))

    def move(positions: list[Position]) -> list[Position]:
        turned = [
            (ax + cos * (x - cx) - sin * (y - cy), ay + sin * (x - cx) + cos * (y - cy)) for x, y in positions
        ]
        return project(turned, PLACE_CRS, WGS84)

    return Placed(_mapped(metric, move), plane, PLACE_CRS)


def _mapped(rows: NetworkRows, transform: Callable[[list[Position]], list[Position]]) -> NetworkRows:
    """Apply `transform` to every position of `rows` in one call."""
    flat = [node.position for node in rows.nodes]
    flat += [position for link in rows.links for position in link.line]
    flat += [point.position for point in rows.connection_points]
    moved = iter(transform(flat))
    return replace(
        rows,
        nodes=tuple(replace(node, position=next(moved)) for node in rows.nodes),
        links=tuple(replace(link, line=tuple(next(moved) for _ in link.line)) for link in rows.links),
        connection_points=tuple(replace(point, position=next(moved)) for point in rows.connection_points),
    )


def _centre(positions: Iterable[Position]) -> Position:
    xs, ys = zip(*positions, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _system(crs: str) -> CRS:
    try:
        return CRS.from_user_input(crs)
    except CRSError as error:
        raise PlacementError("unknown_crs", crs) from error


def _utm_zone(rows: NetworkRows) -> str:
    lon, lat = _centre(node.position for node in rows.nodes)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + int((lon + 180) // 6) % 60 + 1}"
