"""Where the district lies: from sector units to metres (EPSG:26191) to longitude and latitude."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyproj import Transformer

Floats = NDArray[np.float64]
CRS = "EPSG:26191"
CENTRE = np.array([560_000.0, 380_000.0])
SECTOR_M = 480.0
DISTRICT_SIDE = 8
"""Sectors along a side of a district, the zone above them."""

_TO_DEGREES = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)


class Ground:
    """The ground under `columns` x `rows` sectors: dense in the middle, with no straight line in it."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self._half = np.array([columns, rows]) / 2

    def metres(self, units: Floats) -> Floats:
        """Place sector units (…, 2) in EPSG:26191: 0.45 times as wide in the middle, 1.55 at the edge."""
        from_centre = (units - self._half) / self._half
        stretched = from_centre * (0.45 + 0.55 * np.abs(from_centre)) * self._half * SECTOR_M
        x, y = np.moveaxis(stretched, -1, 0)
        bent_x = x + 30 * np.sin(y / 290) + 8 * np.sin(y / 61)
        bent_y = y + 30 * np.sin(x / 330) + 7 * np.cos(x / 53)
        return CENTRE + np.stack([bent_x, bent_y], axis=-1)

    def columns_of(self, metres: Floats, prefix: str = "") -> dict[str, Floats]:
        """Return x, y in metres and lon, lat in degrees as columns."""
        x, y = (np.ascontiguousarray(axis) for axis in metres.T)
        lon, lat = _TO_DEGREES.transform(x, y)
        values = {"x": x.round(3), "y": y.round(3), "lon": lon.round(8), "lat": lat.round(8)}
        return {f"{prefix}{name}": value for name, value in values.items()}

    def zones(self) -> pa.Table:
        """Return the commune, its districts and their sectors: parents first, outlines as rings."""
        rows = [self._zone("commune", "", None, (0, 0, self.columns, self.rows))]
        wide, high = -(-self.columns // DISTRICT_SIDE), -(-self.rows // DISTRICT_SIDE)
        for number in range(wide * high):
            column, row = (part * DISTRICT_SIDE for part in divmod(number, high))
            far = min(column + DISTRICT_SIDE, self.columns), min(row + DISTRICT_SIDE, self.rows)
            rows.append(self._zone("district", f"-d{number + 1:02d}", 0, (column, row, *far)))
        for number in range(self.columns * self.rows):
            column, row = divmod(number, self.rows)
            parent = 1 + column // DISTRICT_SIDE * high + row // DISTRICT_SIDE
            rows.append(self._zone("dma", f"-s{number + 1:04d}", parent, (column, row, column + 1, row + 1)))
        return pa.Table.from_pylist(rows)

    def _zone(
        self, kind: str, tail: str, parent: int | None, box: tuple[int, int, int, int]
    ) -> dict[str, Any]:
        west, south, east, north = box
        steps_x, steps_y = 12 * (east - west), 12 * (north - south)
        across, up = np.linspace(west, east, steps_x + 1), np.linspace(south, north, steps_y + 1)
        sides = [
            np.stack([across[:-1], np.full(steps_x, south)], axis=1),
            np.stack([np.full(steps_y, east), up[:-1]], axis=1),
            np.stack([across[:0:-1], np.full(steps_x, north)], axis=1),
            np.stack([np.full(steps_y, west), up[:0:-1]], axis=1),
        ]
        ring = self.metres(np.concatenate([*sides, sides[0][:1]]))
        lon, lat = _TO_DEGREES.transform(*ring.T)
        number = tail.lstrip("-ds").lstrip("0")
        french = {"commune": "Commune", "district": "Arrondissement", "dma": "Secteur"}[kind]
        arabic = {"commune": "الجماعة", "district": "المقاطعة", "dma": "القطاع"}[kind]
        return {
            "code": f"million{tail}",
            "kind": kind,
            "parent": parent,
            "name_fr": f"{french} {number}".strip(),
            "name_ar": f"{arabic} {number}".strip(),
            "ring": ring.round(3).tolist(),
            "ring_degrees": np.stack([lon, lat], axis=1).round(8).tolist(),
        }
