"""Draw outlines around groups of places, so that they share their borders and never overlap.

Works in a local plane in metres; longitudes and latitudes in and out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Array = NDArray[np.float64]
METRES_A_DEGREE = 111_320.0
MOST_PLACES = 100_000
"""Beyond so many, places are thinned: an outline needs no more."""
REACH_M = 60.0
"""How far an outline goes beyond its places; gaps of up to four times that between them are closed."""
DETAIL_M = 8.0


@dataclass(frozen=True, slots=True)
class _Plane:
    """A plane that touches the ground at a longitude and latitude."""

    lon: float
    lat: float

    @property
    def scale(self) -> Array:
        return np.array([METRES_A_DEGREE * np.cos(np.radians(self.lat)), METRES_A_DEGREE])

    def down(self, places: Array) -> Array:
        return (places - (self.lon, self.lat)) * self.scale

    def up(self, places: Array) -> Array:
        lonlat: Array = places / self.scale + (self.lon, self.lat)
        return lonlat


def draw_outlines(places: Array, group: NDArray[np.int64], count: int) -> list[shapely.MultiPolygon]:
    """Return the outline of each group: the ground nearer to its places than to any other's.

    Args:
        places: longitude and latitude of each place, n by 2.
        group: the group of each place, from 0 to below `count`; every group has a place.
    """
    plane = _Plane(*places.mean(axis=0))
    xy, of = _thinned(plane.down(places), group)
    cells = _cells(xy)
    outlines = [_outline(cells[of == index], xy[of == index]) for index in range(count)]
    smooth = shapely.coverage_simplify(outlines, DETAIL_M)
    return [_in_degrees(outline, plane) for outline in smooth]


def inside(outline: shapely.MultiPolygon, places: Array) -> NDArray[np.bool_]:
    """Say of each place whether an outline holds it."""
    shapely.prepare(outline)
    found: NDArray[np.bool_] = shapely.intersects_xy(outline, places)
    return found


def _thinned(xy: Array, group: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]]:
    """Keep one place of each group in every cell of a grid just coarse enough, and no two at one spot."""
    size = 0.5
    while True:
        cell = np.floor(xy / size)
        _, kept = np.unique(np.column_stack([cell, group]), axis=0, return_index=True)
        if len(kept) <= MOST_PLACES or size > 1000:
            break
        size *= 2
    _, alone = np.unique(np.round(xy[kept], 1), axis=0, return_index=True)
    chosen = kept[alone]
    lost = np.setdiff1d(group, group[chosen])
    if len(lost):
        # A group all of whose places stand where another's do still gets a spot beside them.
        extra = np.array([np.flatnonzero(group == index)[0] for index in lost])
        return np.vstack([xy[chosen], xy[extra] + 0.3]), np.concatenate([group[chosen], group[extra]])
    return xy[chosen], group[chosen]


def _cells(xy: Array) -> NDArray[np.object_]:
    """Return the Voronoi cell of each place."""
    points = shapely.multipoints(xy)
    frame = shapely.buffer(shapely.envelope(points), 10 * REACH_M)
    if len(xy) == 1:
        return np.array([frame], dtype=object)
    found: NDArray[np.object_] = shapely.get_parts(
        shapely.voronoi_polygons(points, extend_to=frame, ordered=True)
    )
    return found


def _outline(cells: NDArray[np.object_], xy: Array) -> shapely.MultiPolygon:
    """Join cells, keep what lies near their places, and close the gaps between."""
    ground = shapely.coverage_union_all(cells)
    near = shapely.intersection(cells, shapely.buffer(shapely.points(xy), REACH_M, quad_segs=2))
    closed = shapely.buffer(
        shapely.buffer(shapely.union_all(near), REACH_M, quad_segs=2), -REACH_M, quad_segs=2
    )
    return _polygons(shapely.intersection(ground, closed))


def _polygons(area: shapely.Geometry) -> shapely.MultiPolygon:
    parts = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon([part for part in parts if part.area >= REACH_M] or parts)


def _in_degrees(area: shapely.Geometry, plane: _Plane) -> shapely.MultiPolygon:
    return _polygons_of(shapely.make_valid(shapely.transform(area, plane.up)))


def _polygons_of(area: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([part for part in shapely.get_parts(area) if part.geom_type == "Polygon"])
