"""Zones by place, by code, and those the public may see."""

from __future__ import annotations

from datetime import datetime

from django.contrib.gis.db.models.functions import Area
from django.contrib.gis.geos import Point
from django.db.models import QuerySet

from backend.core import clock
from gis.models import Zone


def zones_at(lon: float, lat: float, at: datetime | None = None) -> list[Zone]:
    """Return the zones in force at a place and an instant (now, unless told), smallest first."""
    here = Zone.objects.valid_at(at or clock.now()).filter(geom__intersects=Point(lon, lat, srid=4326))
    return list(here.annotate(area=Area("geom")).order_by("area", "code").defer("geom", "geom_3857"))


def zone_by_code(code: str, at: datetime | None = None) -> Zone | None:
    """Return the zone of this code, if it is in force at `at` where one is given."""
    zones = Zone.objects.filter(code=code)
    return (zones.valid_at(at) if at else zones).select_related("parent").first()


def public_zones(at: datetime | None = None) -> QuerySet[Zone]:
    """Return the zones in force, by kind then code, without their outlines. Names and codes are public."""
    return Zone.objects.valid_at(at or clock.now()).order_by("kind", "code").defer("geom", "geom_3857")
