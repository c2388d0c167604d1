"""What the field found otherwise than mapped: for who decides, and for who sent it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Point
from django.db.models import Q, QuerySet

from backend.core.errors import NotFound
from backend.core.models import User
from backend.core.queries.users import roles_of
from gis.domain.placement import geodesic_length_m
from gis.models import Correction, CorrectionTransition
from gis.models.scoping import within_jurisdiction
from gis.queries.history import MODELS

READERS = frozenset({"analyst", "dispatcher", "supervisor", "administrator"})
"""Who reads the corrections of others."""


@dataclass(frozen=True, slots=True)
class Said:
    """One field: what the map said when the correction was written, says now, and the correction says."""

    field: str
    then: Any
    now: Any
    found: Any

    @property
    def changed_since(self) -> bool:
        return bool(self.now != self.then)


@dataclass(frozen=True, slots=True)
class CorrectionSheet:
    """A correction with what one needs to decide; `element` is None where it is there no more."""

    correction: Correction
    element: Any
    said: tuple[Said, ...]
    moved_m: float | None
    decision: CorrectionTransition | None
    compared: tuple[Said, ...] = ()
    """As `said`, the place among them."""

    @property
    def changed_since(self) -> bool:
        """Whether someone changed on the map, since it was written, what it corrects."""
        return any(one.changed_since for one in self.compared)


def readable(user: User | AnonymousUser) -> QuerySet[Correction]:
    """Return the corrections a person may see: their own, and the office those of its jurisdiction."""
    found = Correction.objects.select_related("network", "author")
    if not roles_of(user) & READERS:
        return found.filter(author=user.pk)
    # Everywhere is an empty condition, which OR would take for nothing.
    there = within_jurisdiction(user)
    return found.filter(there | Q(author=user.pk)) if there else found


def corrections(user: User, state: str) -> QuerySet[Correction]:
    """Return the corrections in a state that a person may see, newest first."""
    return readable(user).filter(state=state).order_by("-pk")


def corrections_by(user: User) -> QuerySet[Correction]:
    """Return what a person sent, newest first."""
    return Correction.objects.filter(author=user).select_related("network").order_by("-pk")


def correction(user: User | AnonymousUser, correction_id: int) -> Correction:
    """Return one correction.

    Raises:
        NotFound: there is none, or the person may not see it.
    """
    found = readable(user).filter(pk=correction_id).first()
    if found is None:
        raise NotFound
    return found


def sheets(rows: Sequence[Correction]) -> list[CorrectionSheet]:
    """Put beside each correction what the map says now, in as many queries as there are tables."""
    elements = {
        (table, element.pk): element
        for table, model in MODELS.items()
        for element in model.objects.select_related("network").filter(
            pk__in=[row.subject_id for row in rows if row.subject_table == table]
        )
    }
    decisions = {
        decision.subject_id: decision
        for decision in CorrectionTransition.objects.filter(subject__in=rows).select_related("actor")
    }
    return [
        _sheet(row, elements.get((row.subject_table, row.subject_id)), decisions.get(row.pk)) for row in rows
    ]


def mapped(element: Any, fields: Iterable[str]) -> dict[str, Any]:
    """Return what the map says of these fields of an element."""
    return {
        field: list(spot_of(element).coords) if field == "place" else getattr(element, field)
        for field in fields
    }


def kind_of(element: Any) -> str:
    """Return the kind of an element; connection points are all of one."""
    return str(getattr(element, "kind", "connection_point"))


def spot_of(element: Any) -> Point:
    """Return where an element is (EPSG:4326): a link at its middle."""
    geom = element.geom
    spot = geom if isinstance(geom, Point) else geom.interpolate_normalized(0.5)
    spot.srid = 4326
    return spot


def _sheet(row: Correction, element: Any, decision: CorrectionTransition | None) -> CorrectionSheet:
    now = mapped(element, row.changes) if element is not None else {}
    compared = tuple(
        Said(field, row.seen.get(field), now.get(field), found) for field, found in row.changes.items()
    )
    said = tuple(one for one in compared if one.field != "place")
    place, was = row.changes.get("place"), row.seen.get("place")
    moved = round(geodesic_length_m((was, place)), 1) if place and was else None
    return CorrectionSheet(row, element, said, moved, decision, compared)
