"""Divide a network's surroundings into areas that never overlap, one per group of places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import shapely

from gis.domain.placement import PLACE_CRS, WGS84, project
from gis.domain.rows import Position


def partition(
    groups: Mapping[str, Sequence[Position]], *, buffer_m: float = 40.0
) -> dict[str, shapely.MultiPolygon]:
    """Give each group the part of the ground nearest to its places, within `buffer_m` of one of them.

    Positions and areas are longitudes and latitudes. Each area is the union of the Voronoi cells of its
    places.
    """
    names = [name for name, places in groups.items() for _ in places]
    flat = [place for places in groups.values() for place in places]
    points = shapely.points(project(flat, WGS84, PLACE_CRS))
    reach = shapely.union_all(shapely.buffer(points, buffer_m, quad_segs=4))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=reach))
    tree = shapely.STRtree(points)
    found: dict[str, list[shapely.Geometry]] = {name: [] for name in groups}
    for cell, place in zip(*tree.query(cells, predicate="contains"), strict=True):
        found[names[place]].append(cells[cell])
    areas = {name: shapely.union_all(parts).intersection(reach) for name, parts in found.items() if parts}
    return {name: _in_degrees(area) for name, area in areas.items()}


def _in_degrees(area: shapely.Geometry) -> shapely.MultiPolygon:
    polygons = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]
    placed = shapely.transform(
        shapely.MultiPolygon(polygons), lambda xy: project([tuple(p) for p in xy], PLACE_CRS, WGS84)
    )
    return placed
