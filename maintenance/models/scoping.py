"""Who may see which report, incident and order: the desk by jurisdiction, a technician by their orders."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from backend.core.models import Role, User
from backend.core.queries.users import roles_of

ORDER_READERS = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ANALYST, Role.ADMINISTRATOR})
DESK_READERS = ORDER_READERS | {Role.AGENT}

Person = User | AnonymousUser | None


class PlacedQuerySet(models.QuerySet[Any]):
    """Rows with a place (`geom`, which may be missing)."""

    def for_desk(self, user: Person, readers: frozenset[Role], own: Q) -> Self:
        """Keep what the desk sees in its jurisdiction, and what is the person's own.

        What has no place yet belongs to no zone: every reader at the desk sees it.
        """
        from gis.queries import within_jurisdiction

        if not roles_of(user) & readers:
            return self.filter(own)
        area = within_jurisdiction(user)
        return self.filter(area | Q(geom=None) | own) if area else self.all()


NOTHING = Q(pk__in=[])
"""Matches no row; an empty `Q()` matches every row and vanishes from a disjunction."""


def counted(rows: models.QuerySet[Any], by: str) -> Coalesce:
    """Count the rows of a correlated query, grouped by the column that correlates it."""
    total = rows.values(by).annotate(total=models.Count("pk")).values("total")
    return Coalesce(models.Subquery(total), 0)
