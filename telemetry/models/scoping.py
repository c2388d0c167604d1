"""Who may see what: staff, within the zones they answer for."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.db import models

from backend.core.models import User
from gis.queries import within_jurisdiction

Viewer = User | AnonymousUser | None


class Scoped(models.QuerySet[Any]):
    """Rows placed by `geom`, directly or through `place`."""

    place = "geom"

    def visible_to(self, user: Viewer) -> Self:
        """Keep what lies in the user's jurisdiction."""
        return self.filter(within_jurisdiction(user, geom_field=self.place))


def scoped_by(place: str) -> type[Scoped]:
    """Return a queryset class for rows whose place is found along `place` (`sensor__geom`)."""
    return type("Scoped", (Scoped,), {"place": place})
