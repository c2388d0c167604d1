"""Outlines as people and files give them, and what becomes of them beside their neighbours."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Polygon
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from gis.models import Zone
from gis.models.scoping import INTERIORS_MEET
from gis.statements import statement

WGS84 = 4326
SAME_DEGREES = 1e-9
"""A tenth of a millimetre."""


class Neighbours(models.TextChoices):
    """What becomes of zones of the kind that an outline runs over: left to overlap, spared, reduced."""

    OVERLAP = "overlap"
    CUT = "cut"
    TAKE = "take"


def as_area(geom: GEOSGeometry | None) -> MultiPolygon:
    """Return an outline as a MultiPolygon in EPSG:4326, without a third dimension.

    Raises:
        ValueError: it is no area, or not a valid one; the message says why.
    """
    if not isinstance(geom, Polygon | MultiPolygon) or geom.empty:
        raise ValueError(_("An outline must be one or several polygons."))
    area = GEOSGeometry(geom.wkt, srid=geom.srid or WGS84) if geom.hasz else geom.clone()
    if area.srid not in {None, WGS84}:
        area.transform(WGS84)
    west, south, east, north = area.extent
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError(_("An outline must be in degrees of longitude and latitude."))
    if not area.valid:
        raise ValueError(_("This outline crosses or touches itself."))
    area.srid = WGS84
    return area if isinstance(area, MultiPolygon) else MultiPolygon(area, srid=WGS84)


def same_outline(one: GEOSGeometry, other: GEOSGeometry) -> bool:
    """Say whether two outlines are the same line, but for rounding."""
    return bool(one.equals_exact(other, tolerance=SAME_DEGREES))


def overlapping(area: MultiPolygon, *, kind: str, utility: str | None, at: datetime) -> models.QuerySet[Zone]:
    """Return the zones of a kind in force at `at` or later that share ground with an area, by code."""
    in_force = Zone.objects.filter(kind=kind, valid__overlap=DateTimeTZRange(at, None))
    zones = in_force.filter(geom__relate=(area, INTERIORS_MEET))
    if utility is not None:
        zones = zones.filter(models.Q(utility=None) | models.Q(utility=utility))
    return zones.order_by("code")


def without(area: MultiPolygon, other: GEOSGeometry) -> MultiPolygon | None:
    """Return an area without another, less what is too thin to stand on; None when nothing is left."""
    return _polygons("SELECT ST_Difference(%(area)s::geometry, %(other)s::geometry)", area, other)


def joined(areas: list[MultiPolygon]) -> MultiPolygon:
    """Return several areas as one, the seams between them closed."""
    whole = areas[0]
    for area in areas[1:]:
        whole = _polygons("SELECT ST_Union(%(area)s::geometry, %(other)s::geometry)", whole, area) or whole
    return whole


def moved_ground(before: MultiPolygon, after: MultiPolygon, *, zone: Zone) -> GEOSGeometry | None:
    """Return where a redrawn boundary can change who holds a point: the ground gained, lost, or shared.

    Shared ground counts since the smaller of two zones holds it, and a redrawn zone may now be the smaller.
    """
    values: dict[str, Any] = {
        "before": before.hexewkb.decode(),
        "after": after.hexewkb.decode(),
        "zone": zone.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, "moved_ground"), values)
        row = cursor.fetchone()
    return GEOSGeometry(row[0]) if row else None


def _polygons(operation: str, area: MultiPolygon, other: GEOSGeometry) -> MultiPolygon | None:
    # The operation is one of the two above.
    query = statement(__file__, "polygons_of").format(operation=operation)
    values = {"area": area.hexewkb.decode(), "other": other.hexewkb.decode()}
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        (found,) = cursor.fetchone()
    return cast(MultiPolygon, GEOSGeometry(found)) if found else None
