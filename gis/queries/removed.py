"""Elements that were removed: as their history last held them, by whom and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Point
from django.db.models import Exists, OuterRef, QuerySet

from backend.core.models import User
from gis.models.scoping import within_jurisdiction
from gis.queries.corrections import kind_of, spot_of
from gis.queries.history import EVENTS, MODELS, files_of, people_of


@dataclass(frozen=True, slots=True)
class Removed:
    """One removal, by the id of its event. `by` is None where no person asked for it.

    `is_back` where the element stands again.
    """

    id: int
    kind: str
    code: str
    network: str
    removed_at: datetime
    by: str | None
    import_file: str | None
    correction_id: int | None
    place: Point
    is_back: bool


def removed_elements(user: User | AnonymousUser, table: str) -> QuerySet[Any]:
    """Return the removals of nodes, links or connection points where a person may look, newest first."""
    there = MODELS[table].objects.filter(pk=OuterRef("pgh_obj_id"))
    found: QuerySet[Any] = EVENTS[table].objects.filter(within_jurisdiction(user), pgh_label="delete")
    return found.annotate(is_back=Exists(there)).select_related("network").order_by("-pgh_id")


def removed_rows(events: Sequence[Any]) -> list[Removed]:
    """Say of removals who made them, in two queries."""
    people, files = people_of(events), files_of(events)
    return [_row(event, event.pgh_context or {}, people, files) for event in events]


def _row(event: Any, why: dict[str, Any], people: dict[Any, str], files: dict[Any, str]) -> Removed:
    return Removed(
        id=event.pgh_id,
        kind=kind_of(event),
        code=event.code,
        network=event.network.code,
        removed_at=event.pgh_created_at,
        by=people.get(why.get("user")),
        import_file=files.get(why.get("import_id")),
        correction_id=why.get("correction_id"),
        place=spot_of(event),
        is_back=event.is_back,
    )
