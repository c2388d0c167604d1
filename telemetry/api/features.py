"""Rows with a place, as GeoJSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from backend.core.api.pagination import CursorList


class FeatureList(CursorList):
    """A keyset list long enough for every sensor of a town at once."""

    max_limit = 2000


def feature(row: Any, geom: Any, properties: dict[str, Any]) -> dict[str, Any]:
    """Return one feature; `geom` is a point in EPSG:4326 or None."""
    geometry = {"type": "Point", "coordinates": [geom.x, geom.y]} if geom else None
    return {"type": "Feature", "id": row.pk, "geometry": geometry, "properties": properties}


def collection(rows: Iterable[Any], to_feature: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Return a FeatureCollection."""
    return {"type": "FeatureCollection", "features": [to_feature(row) for row in rows]}
