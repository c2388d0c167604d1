"""Features as GeoJSON, made by PostGIS: what OGC API - Features reads."""

from __future__ import annotations

from gis.queries.features.collections import (
    COLLECTIONS,
    Collection,
    Property,
    readable_collections,
)
from gis.queries.features.conditions import UnusableFilter
from gis.queries.features.extents import collection_extent
from gis.queries.features.reading import Page, Question, feature, page

__all__ = [
    "COLLECTIONS",
    "Collection",
    "Page",
    "Property",
    "Question",
    "UnusableFilter",
    "collection_extent",
    "feature",
    "page",
    "readable_collections",
]
