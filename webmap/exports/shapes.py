"""Where GeoJSON shapes lie."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Corner = tuple[float, float]
"""Latitude, longitude."""


def box_of(shapes: Iterable[dict[str, Any]]) -> tuple[Corner, Corner] | None:
    """Return the south-western and north-eastern corners of GeoJSON geometries; None of none."""
    points = [point for shape in shapes for point in _points(shape["coordinates"])]
    if not points:
        return None
    longitudes, latitudes = zip(*points, strict=True)
    return (min(latitudes), min(longitudes)), (max(latitudes), max(longitudes))


def _points(part: list[Any]) -> list[tuple[float, float]]:
    if isinstance(part[0], int | float):
        return [(part[0], part[1])]
    return [point for inner in part for point in _points(inner)]
