"""The question that coordinates without a system raise: which of these do they mean?

Nothing is guessed: each candidate is told with the place on earth where it would put the data.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from pyproj import CRS

from gis.domain.placement import WGS84, PlacementError, source_plane, transformer

CANDIDATES = (
    "EPSG:4326",
    "EPSG:26191",
    "EPSG:26192",
    "EPSG:26194",
    "EPSG:26195",
    "EPSG:32629",
    "EPSG:32630",
    "EPSG:3857",
)
"""Longitudes and latitudes, the four Moroccan grids, the two UTM zones of the country, web maps."""

Extent = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class CrsCandidate:
    """A system the coordinates might be in, and where their centre would then lie (EPSG:4326)."""

    crs: str
    name: str
    lon: float
    lat: float
    inside_area: bool


@dataclass(frozen=True, slots=True)
class CrsQuestion:
    """Which system are the coordinates of `layer` in? Those inside the operator's area come first."""

    layer: str
    extent: Extent
    candidates: tuple[CrsCandidate, ...]


def ask_for_crs(
    layer: str, extent: Extent, unit: str | None, inside: Callable[[float, float], bool]
) -> CrsQuestion:
    """Ask which system an extent (west, south, east, north, as in the file) is in."""
    found = [candidate for crs in CANDIDATES if (candidate := _candidate(crs, extent, unit, inside))]
    return CrsQuestion(layer, extent, tuple(sorted(found, key=lambda each: not each.inside_area)))


def _candidate(
    crs: str, extent: Extent, unit: str | None, inside: Callable[[float, float], bool]
) -> CrsCandidate | None:
    try:
        plane, factor = source_plane(crs, unit)
    except PlacementError:
        return None
    x, y = (extent[0] + extent[2]) / 2 * factor, (extent[1] + extent[3]) / 2 * factor
    lon, lat = transformer(plane, WGS84).transform(x, y)
    system = CRS.from_user_input(crs)
    area = system.area_of_use
    if not (math.isfinite(lon) and math.isfinite(lat)) or area is None:
        return None
    if not (area.west - 1 <= lon <= area.east + 1 and area.south - 1 <= lat <= area.north + 1):
        return None
    return CrsCandidate(crs, system.name, round(lon, 5), round(lat, 5), inside(lon, lat))
