"""The coordinate systems in which features are given and asked for, by their OGC names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True, slots=True)
class Crs:
    """A coordinate system. `northing_first`: the order of its axes is latitude, longitude."""

    uri: str
    srid: int
    title: str
    northing_first: bool = False
    is_geographic: bool = False

    @property
    def decimals(self) -> int:
        """Decimals that keep a centimetre or better."""
        return 7 if self.is_geographic else 3


def _epsg(srid: int, title: str, *, northing_first: bool = False, is_geographic: bool = False) -> Crs:
    uri = f"http://www.opengis.net/def/crs/EPSG/0/{srid}"
    return Crs(uri, srid, title, northing_first, is_geographic)


CRS84 = Crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", 4326, "WGS 84 (lon, lat)", is_geographic=True)
CRS84H = "http://www.opengis.net/def/crs/OGC/0/CRS84h"
"""The same with a height, which some clients name for plain coordinates."""
SUPPORTED = (
    CRS84,
    _epsg(4326, "WGS 84 (lat, lon)", northing_first=True, is_geographic=True),
    _epsg(3857, "WGS 84 / Pseudo-Mercator"),
    _epsg(26191, "Merchich / Nord Maroc"),
    _epsg(26192, "Merchich / Sud Maroc"),
    _epsg(26194, "Merchich / Sahara Nord"),
    _epsg(26195, "Merchich / Sahara Sud"),
)
_BY_NAME = {name: crs for crs in SUPPORTED for name in (crs.uri, f"EPSG:{crs.srid}")} | {CRS84H: CRS84}


def crs_named(name: str) -> Crs | None:
    """Find a coordinate system by its URI, a safe CURIE ([EPSG:26191]) or `EPSG:26191`; None: unknown."""
    return _BY_NAME.get(name.strip().removeprefix("[").removesuffix("]"))


Corners = tuple[float, float, float, float]


def box_corners(numbers: Sequence[float], crs: Crs) -> Corners:
    """Return west, south, east, north of a box given in the axis order of `crs`; heights are left out.

    West may lie east of east where a geographic box crosses the 180th meridian.

    Raises:
        ValueError: not four or six finite numbers, turned around, or off the globe.
    """
    if len(numbers) not in {4, 6} or not all(map(isfinite, numbers)):
        raise ValueError("four or six numbers")
    half = len(numbers) // 2
    first, second, third, fourth = numbers[0], numbers[1], numbers[half], numbers[half + 1]
    west, south, east, north = (
        (second, first, fourth, third) if crs.northing_first else (first, second, third, fourth)
    )
    if south > north or (west > east and not crs.is_geographic):
        raise ValueError("turned around")
    if crs.is_geographic and (max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90):
        raise ValueError("off the globe")
    return west, south, east, north
