"""Filters that several apps' lists share."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

from django.contrib.gis.geos import Polygon
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

ALWAYS_KNOWN = frozenset({"lang", "format"})


def parse_bbox(text: str) -> Polygon:
    """Read `west,south,east,north` in degrees (EPSG:4326, longitude first).

    Raises:
        ValidationError: not four numbers, out of range, or turned around.
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise ValidationError({"bbox": [_("Enter four numbers: west,south,east,north.")]}) from None
    finite = all(isfinite(value) for value in (west, south, east, north))
    if not finite or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValidationError({"bbox": [_("Longitudes go from -180 to 180 and latitudes from -90 to 90.")]})
    box = Polygon.from_bbox((west, south, east, north))
    box.srid = 4326
    return box


def refuse_unknown(request: Request, known: Iterable[str]) -> None:
    """Refuse parameters that nothing reads: a filter that was misspelt must not answer with everything.

    Raises:
        ValidationError: names each of them.
    """
    if unknown := set(request.query_params) - set(known) - ALWAYS_KNOWN:
        raise ValidationError({name[:80]: [_("There is no such filter.")] for name in sorted(unknown)})


class BboxFilter(BaseFilterBackend):
    """Keeps the rows that `?bbox=w,s,e,n` intersects. The view names another column by `bbox_field`."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        text = request.query_params.get("bbox")
        if not text:
            return queryset
        return queryset.filter(**{f"{getattr(view, 'bbox_field', 'geom')}__intersects": parse_bbox(text)})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        text = "west,south,east,north in degrees; keeps what intersects"
        schema = {"type": "string", "example": "-2.35,34.91,-2.31,34.94"}
        return [{"name": "bbox", "in": "query", "required": False, "description": text, "schema": schema}]
