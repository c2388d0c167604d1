"""What was changed of an element, when, by whom and why; and how it was at a version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib.gis.geos import LineString, Point

from backend.core.models import User
from gis.domain.edits import COMPARED, Difference, differences
from gis.domain.placement import geodesic_length_m
from gis.models import (
    ConnectionPoint,
    ConnectionPointEvent,
    ImportRecord,
    Link,
    LinkEvent,
    Node,
    NodeEvent,
)

EVENTS: dict[str, Any] = {"node": NodeEvent, "link": LinkEvent, "connection_point": ConnectionPointEvent}
MODELS: dict[str, Any] = {"node": Node, "link": Link, "connection_point": ConnectionPoint}
ENDS = {"start_node": Node, "end_node": Node, "node": Node, "link": Link}


@dataclass(frozen=True, slots=True)
class Change:
    """One change: edited, removed or restored. `by` is None where no person made it."""

    id: int
    at: datetime
    version: int
    by: str | None
    import_file: str | None
    correction_id: int | None
    differences: tuple[Difference, ...]
    what: str = "edited"


@dataclass(frozen=True, slots=True)
class History:
    """The changes of an element, newest first; `earlier` is where the next page begins, None at the end."""

    changes: tuple[Change, ...]
    earlier: int | None


def element_history(element: Any, *, before: int | None = None, limit: int = 20) -> History:
    """Return what was changed of an element, from the newest change or from before an event.

    Places are told as what moved (metres), ends as codes. Changes of bookkeeping alone are left out.
    """
    table = table_of(element)
    events = EVENTS[table].objects.filter(pgh_obj_id=element.pk).order_by("-pgh_id")
    newest = element if before is None else events.filter(pgh_id=before).first() or element
    rows = list((events if before is None else events.filter(pgh_id__lt=before))[: limit + 1])
    told = _told(table, [newest, *rows[:limit]])
    people, files = people_of(rows), files_of(rows)
    changes = []
    for row, later, found in zip(rows, [newest, *rows], told, strict=False):
        why = row.pgh_context or {}
        what = "removed" if row.pgh_label == "delete" else "restored" if "restored_from" in why else "edited"
        if not found and what == "edited":
            continue
        changes.append(
            Change(
                id=row.pgh_id,
                at=row.pgh_created_at,
                version=later.version,
                by=people.get(why.get("user")),
                import_file=files.get(why.get("import_id")),
                correction_id=why.get("correction_id"),
                differences=found,
                what=what,
            )
        )
    return History(tuple(changes), rows[limit - 1].pgh_id if len(rows) > limit else None)


def element_at_version(element: Any, version: int) -> Any | None:
    """Return an element as it was at a version (an unsaved instance); None if that is not known."""
    if element.version == version:
        return element
    table = table_of(element)
    event = EVENTS[table].objects.filter(pgh_obj_id=element.pk, version=version).order_by("pgh_id").last()
    if event is None:
        return None
    kept = {field.attname for field in type(event)._meta.concrete_fields}
    fields = [field.attname for field in type(element)._meta.concrete_fields if field.attname in kept]
    return type(element)(**{name: getattr(event, name) for name in fields})


def table_of(element: Any) -> str:
    """Return the name under which the interface knows the table of an element."""
    return next(table for table, model in MODELS.items() if isinstance(element, model))


def _told(table: str, versions: Sequence[Any]) -> list[tuple[Difference, ...]]:
    """Return what each version changed of the one after it in the list, which is older."""
    fields = COMPARED[table]
    codes = _codes(table, versions)
    values = [{field: _value(version, field, codes) for field in fields} for version in versions]
    return [tuple(_readable(one) for one in differences(old, new, fields)) for new, old in pairwise(values)]


def _value(version: Any, field: str, codes: dict[tuple[str, int], str]) -> Any:
    if field in ENDS:
        target = getattr(version, f"{field}_id")
        return None if target is None else codes.get((ENDS[field].__name__, target), str(target))
    return getattr(version, field)


def _codes(table: str, versions: Iterable[Any]) -> dict[tuple[str, int], str]:
    wanted: dict[Any, set[int]] = {}
    for field in set(COMPARED[table]) & set(ENDS):
        wanted.setdefault(ENDS[field], set()).update(
            getattr(version, f"{field}_id") or 0 for version in versions
        )
    return {
        (model.__name__, pk): code
        for model, ids in wanted.items()
        for pk, code in model.objects.filter(pk__in=ids).values_list("pk", "code")
    }


def _readable(difference: Difference) -> Difference:
    """Tell a place as how far it moved, and a line as how long it is, in metres."""
    old, new = difference.before, difference.after
    if isinstance(new, Point):
        return Difference("moved_m", None, _length_m([old.coords, new.coords]))
    if not isinstance(new, LineString):
        return difference
    return Difference("drawn_m", _length_m(old.coords), _length_m(new.coords))


def _length_m(line: Any) -> float:
    return round(geodesic_length_m(line), 2)


def people_of(rows: Iterable[Any]) -> dict[Any, str]:
    """Return the names of who made the changes that these events keep, by id."""
    people = User.objects.filter(pk__in=_named("user", rows))
    return {person.pk: person.full_name or person.username for person in people}


def files_of(rows: Iterable[Any]) -> dict[Any, str]:
    """Return the names of the files whose import made the changes that these events keep, by id."""
    ids = _named("import_id", rows)
    return dict(ImportRecord.objects.filter(pk__in=ids).values_list("pk", "file_name")) if ids else {}


def _named(reason: str, rows: Iterable[Any]) -> set[int]:
    return {row.pgh_context[reason] for row in rows if row.pgh_context and reason in row.pgh_context}
