"""Undo an import while nothing depends on it: what it made goes, what it changed is as it was before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from pghistory.models import Event

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from gis.attribution import attributed
from gis.errors import ImportInUse, NoSuchImport
from gis.models import (
    ConnectionPoint,
    ConnectionPointAlias,
    ConnectionPointEvent,
    DrawnDevice,
    ImportRecord,
    Link,
    LinkEvent,
    Network,
    Node,
    NodeEvent,
    Zone,
    ZoneEvent,
)
from gis.models.history import UNTRACKED
from gis.services.freshness import touch_topology
from gis.services.importing.reports import Progress
from gis.services.zones import NewZone, add_zones, remove_zones
from gis.statements import statement

ELEMENTS: Mapping[Any, Any] = {ConnectionPoint: ConnectionPointEvent, Link: LinkEvent, Node: NodeEvent}
"""What is removed before what, each with its history."""

BESIDE: Mapping[Any, Any] = {ConnectionPoint: [ConnectionPointAlias], Link: [DrawnDevice]}
"""What an import keeps beside elements that were there before it."""

STEPS: Mapping[str, Any] = {"connection_points": ConnectionPoint, "links": Link, "nodes": Node}

NOT_RESTORED = {"id", "version", "imported_version", "state", "state_source", "state_at", *UNTRACKED}


@dataclass(frozen=True, slots=True)
class UndoReport:
    """How many rows were removed and how many are as they were before, by model."""

    removed: Mapping[str, int] = field(default_factory=dict)
    restored: Mapping[str, int] = field(default_factory=dict)


@transaction.atomic
def undo_import(
    *,
    record_id: int,
    actor: User | None = None,
    progress: Progress = lambda step, done, total: None,
) -> UndoReport:
    """Undo an import; its record is kept and says by whom and when.

    Memberships, stale areas and old references go with the points and links they are of. The network stays,
    even if it is empty now.

    Raises:
        NoSuchImport: there is none, or it was undone already.
        ImportInUse: something depends on what it made, or what it made or changed was changed since; `errors`
            says what and how many.
    """
    record = ImportRecord.objects.select_for_update().filter(pk=record_id, undone_at=None).first()
    if record is None:
        raise NoSuchImport
    if record.network_id:
        Network.objects.select_for_update().get(pk=record.network_id)
    progress("dependants", 0, 0)
    in_use = Counter(dict(_dependants(record))) + Counter(dict(_edited(record)))
    if in_use:
        raise ImportInUse(errors={what: [str(times)] for what, times in sorted(in_use.items())})
    with attributed(user=actor and actor.pk):
        removed, restored = _undo_elements(record, progress)
        progress("zones", len(STEPS), len(STEPS))
        removed["gis.Zone"], restored["gis.Zone"] = _undo_zones(record, actor)
    ImportRecord.objects.filter(pk=record.pk).update(undone_at=clock.now(), undone_by=actor)
    if record.network is not None:
        touch_topology(record.network)
    return UndoReport(_some(removed), _some(restored))


def _undo_elements(record: ImportRecord, progress: Progress) -> tuple[dict[str, int], dict[str, int]]:
    """Remove what it made, what hangs on others first; then bring back what it changed."""
    removed, restored = {}, {}
    for number, (step, model) in enumerate(STEPS.items()):
        progress(step, number, len(STEPS))
        removed[model._meta.label] = _remove(model, record)
    for model, event in ELEMENTS.items():
        restored[model._meta.label] = _restore(model, event, record)
    return removed, restored


def _dependants(record: ImportRecord) -> Iterator[tuple[str, int]]:
    """Count what holds an element that the import made, but for what was derived from it or came with it."""
    for model in ELEMENTS:
        for related, name in _related(model):
            rows = related._default_manager.filter(**{f"{name}__created_in": record})
            if _came_with_imports(related):
                rows = _not_of_it(rows, related, record)
            elif _goes_along(related, name):
                continue
            if times := rows.count():
                yield related._meta.label, times


def _not_of_it(rows: QuerySet[Any], model: Any, record: ImportRecord) -> QuerySet[Any]:
    """Leave out what the import made, and what it changed: that goes back to what it held before."""
    rows = rows.exclude(created_in=record)
    event = ELEMENTS.get(model)
    if event is None:
        return rows
    changed = event.objects.filter(pgh_context__import_id=record.pk, pgh_label="update")
    return rows.exclude(pk__in=changed.values("pgh_obj_id"))


def _edited(record: ImportRecord) -> Iterator[tuple[str, int]]:
    """Count the elements and zones that were changed since the import made or changed them."""
    for model, event in ELEMENTS.items():
        sql = statement(__file__, "edited_since").format(
            table=model._meta.db_table, events=event._meta.db_table
        )
        if times := _number(sql, record):
            yield f"{model._meta.label}.version", times
    zones = Zone.objects.filter(created_in=record).exclude(version=1).count()
    if times := zones + _number(statement(__file__, "zones_edited_since"), record):
        yield "gis.Zone.version", times


def _number(sql: str, record: ImportRecord) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"import_id": str(record.pk)})
        return int(cursor.fetchone()[0])


def _remove(model: Any, record: ImportRecord) -> int:
    """Remove what the import made of a model, with what was derived from it; one statement each."""
    for related, name in _related(model):
        if _goes_along(related, name):
            _delete(related._default_manager.filter(**{f"{name}__created_in": record}))
    for kept_beside in BESIDE.get(model, ()):
        _delete(kept_beside.objects.filter(created_in=record))
    return _delete(model._default_manager.filter(created_in=record))


def _restore(model: Any, event: Any, record: ImportRecord) -> int:
    """Bring what the import changed back to what it was. A state seen by staff or telemetry since is kept."""
    columns = [field.column for field in model._meta.concrete_fields if field.name not in NOT_RESTORED]
    given = [f"{column} = was.{column}" for column in columns]
    if model is Link:
        given.append("state = CASE held.state_source WHEN 'survey' THEN was.state ELSE held.state END")
    sql = statement(__file__, "restore").format(
        table=model._meta.db_table, events=event._meta.db_table, given=", ".join(given)
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"import_id": str(record.pk)})
        return cursor.rowcount


def _undo_zones(record: ImportRecord, actor: User | None) -> tuple[int, int]:
    """Remove the zones it drew; draw those it changed as before from now on: what was is never rewritten."""
    changed = ZoneEvent.objects.filter(pgh_context__import_id=record.pk, pgh_label="update")
    made = list(Zone.objects.filter(created_in=record).values_list("code", flat=True))
    before = {was.pgh_obj_id: was for was in changed.exclude(code__in=made).order_by("-pgh_id")}
    parents = dict(Zone.objects.values_list("pk", "code"))
    try:
        add_zones(zones=[_as_before(was, parents) for was in before.values()], actor=actor)
        return remove_zones(codes=made) if made else 0, len(before)
    except InvalidInput as error:
        raise ImportInUse(errors=error.extra["errors"]) from error


def _as_before(was: Any, parents: Mapping[int, str]) -> NewZone:
    return NewZone(
        was.code,
        was.kind,
        was.name_fr,
        was.name_ar,
        was.geom,
        utility=was.utility,
        parent=parents.get(was.parent_id),
        synthetic=was.synthetic,
    )


def _related(model: Any) -> Iterator[tuple[Any, str]]:
    """Name the models, of any app, that hold an element, but for its history."""
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not issubclass(relation.related_model, Event):
            yield relation.related_model, relation.field.name


def _came_with_imports(model: type[Model]) -> bool:
    return any(field.name == "created_in" for field in model._meta.concrete_fields)


def _goes_along(model: type[Model], name: str) -> bool:
    """Say whether rows are derived from an element: what this app itself lets go with it."""
    relation: Any = model._meta.get_field(name).remote_field
    return model._meta.app_label == "gis" and relation.on_delete.__name__ == "CASCADE"


def _delete(rows: QuerySet[Any]) -> int:
    # Django's own delete() reads every row first to follow its relations: these were followed above.
    return int(rows._raw_delete(rows.db))


def _some(counts: Mapping[str, int]) -> dict[str, int]:
    return {what: times for what, times in counts.items() if times}
