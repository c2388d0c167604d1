"""What the field found otherwise than mapped: for who decides, and for who sent it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.db.models import QuerySet

from backend.core.errors import NotFound
from backend.core.models import User
from gis.domain.placement import geodesic_length_m
from gis.models import Correction, CorrectionTransition
from gis.queries.history import MODELS


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


def corrections(user: User, state: str) -> QuerySet[Correction]:
    """Return the corrections in a state that a person may see, newest first."""
    found: QuerySet[Correction] = Correction.objects.visible_to(user).filter(state=state)
    return found.select_related("network", "author").order_by("-pk")


def corrections_by(user: User) -> QuerySet[Correction]:
    """Return what a person sent, newest first."""
    return Correction.objects.filter(author=user).select_related("network").order_by("-pk")


def correction(user: User, correction_id: int) -> Correction:
    """Return one correction.

    Raises:
        NotFound: there is none, or the person may not see it.
    """
    found = Correction.objects.visible_to(user).select_related("network", "author")
    one: Correction | None = found.filter(pk=correction_id).first()
    if one is None:
        raise NotFound
    return one


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


def spot_of(element: Any) -> Point:
    """Return where an element is (EPSG:4326): a link at its middle."""
    geom = element.geom
    spot = geom if isinstance(geom, Point) else geom.interpolate_normalized(0.5)
    spot.srid = 4326
    return spot


def _sheet(row: Correction, element: Any, decision: CorrectionTransition | None) -> CorrectionSheet:
    now = mapped(element, row.changes) if element is not None else {}
    said = tuple(
        Said(field, row.seen.get(field), now.get(field), found)
        for field, found in row.changes.items()
        if field != "place"
    )
    place, was = row.changes.get("place"), row.seen.get("place")
    moved = round(geodesic_length_m((was, place)), 1) if place and was else None
    return CorrectionSheet(row, element, said, moved, decision)
