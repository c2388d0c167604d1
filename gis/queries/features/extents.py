"""How far a collection reaches and how many features it has, without a look at every row each time."""

from __future__ import annotations

from django.core.cache import cache
from django.db import connection

from gis.queries.features.collections import Collection
from gis.queries.tiles import layer_version

COUNT_LASTS_S = 3600
Box = tuple[float, float, float, float]


def collection_extent(collection: Collection) -> Box | None:
    """Return west, south, east, north of all features, as the head of the spatial index has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)"
            " FROM (SELECT ST_EstimatedExtent(%s, 'geom') AS box) AS found",
            [collection.model._meta.db_table],
        )
        box = cursor.fetchone()
    return None if box[0] is None else box


def exact_count(collection: Collection) -> int:
    """Return how many features the whole collection has, counted once for each version of its layer."""
    # The version is read first: what changes meanwhile gets another, under which nobody finds this.
    key = f"gis:features:{collection.id}:count:{layer_version(collection.id)}"
    kept = cache.get(key)
    if kept is None:
        kept = collection.model._default_manager.count()
        cache.set(key, kept, COUNT_LASTS_S)
    return int(kept)
