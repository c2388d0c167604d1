"""Which part of the map a person may see. Every queryset with a place scopes itself through here."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import GEOSGeometry
from django.db import models
from django.db.models import Q

from backend.core import clock
from backend.core.models import User
from backend.core.queries.users import is_staff_member

EVERYWHERE = Q()
NOWHERE = Q(pk__in=[])
INTERIORS_MEET = "T********"


def within_jurisdiction(user: User | AnonymousUser | None, geom_field: str = "geom") -> Q:
    """Return the condition that keeps what `user` may see: everything, the zones assigned, or nothing.

    Only staff see networks. Elements that touch a zone count as within it. `geom_field` may span relations.
    """
    areas = areas_of(user)
    if areas is None:
        return EVERYWHERE
    condition = NOWHERE
    for area in areas:
        condition |= Q(**{f"{geom_field}__intersects": area})
    return condition


def overlapping_jurisdiction(user: User | AnonymousUser | None, geom_field: str = "geom") -> Q:
    """Return the condition that keeps the areas `user` answers for, wholly or in part.

    A neighbour that only shares a border is not among them.
    """
    areas = areas_of(user)
    if areas is None:
        return EVERYWHERE
    condition = NOWHERE
    for area in areas:
        condition |= Q(**{f"{geom_field}__relate": (area, INTERIORS_MEET)})
    return condition


def areas_of(user: User | AnonymousUser | None) -> list[GEOSGeometry] | None:
    """Return the geometries a person is assigned (EPSG:4326), or None for everywhere.

    The answer is kept on the instance, which lives as long as a request.
    """
    if user is None or isinstance(user, AnonymousUser):
        return []
    if user.is_active and user.is_superuser:
        return None
    if not is_staff_member(user):
        return []
    if not hasattr(user, "_areas_now"):
        user._areas_now = _assigned(user)  # type: ignore[attr-defined]
    return user._areas_now  # type: ignore[attr-defined]


def _assigned(user: User) -> list[Any] | None:
    geometries = list(_jurisdictions(user).values_list("zone__geom", flat=True))
    return None if None in geometries else geometries


def _jurisdictions(user: User) -> models.QuerySet[Any]:
    from gis.models.zones import Jurisdiction

    return Jurisdiction.objects.filter(Q(zone=None) | Q(zone__valid__contains=clock.now()), user=user)


class ScopedQuerySet(models.QuerySet[Any]):
    """A queryset of things that have a place in a column named `geom`."""

    def visible_to(self, user: User | AnonymousUser | None) -> Self:
        """Keep what `user` may see on the map."""
        return self.filter(within_jurisdiction(user))
