"""Who lies in which zone, and connection points by code, for the apps above."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from gis.models import ConnectionPoint, ZoneMembership


def memberships_overlapping(
    start: datetime, end: datetime, zone_ids: Iterable[int] | None = None
) -> QuerySet[ZoneMembership]:
    """Return the memberships in force at some time within [start, end), of all zones or of some."""
    rows = ZoneMembership.objects.filter(valid__overlap=DateTimeTZRange(start, end))
    return rows if zone_ids is None else rows.filter(zone_id__in=list(zone_ids))


def connection_point_ids(network_code: str, codes: Iterable[str]) -> dict[str, int]:
    """Return the ids of a network's connection points by code; unknown codes are left out."""
    rows = ConnectionPoint.objects.filter(network__code=network_code, code__in=list(codes))
    return dict(rows.values_list("code", "id"))
