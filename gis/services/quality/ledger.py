"""What a repair changes, row by row, so that it can be undone from the history that the database keeps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.db import connection, models
from django.db.models import F
from django.db.models.deletion import Collector, ProtectedError

from backend.core.models import User
from gis.errors import RepairOutdated, StillInUse
from gis.models import ConnectionPoint, ConnectionPointEvent, Link, LinkEvent, Network, Node, NodeEvent
from gis.services.freshness import elements_edited
from gis.statements import statement

TABLES: Mapping[str, tuple[type[models.Model], type[models.Model]]] = {
    "node": (Node, NodeEvent),
    "link": (Link, LinkEvent),
    "connection_point": (ConnectionPoint, ConnectionPointEvent),
}
"""In the order in which rows are restored: nodes before the links that join them."""
KEPT_ON_UNDO = {"state", "state_source", "state_at"}
"""What telemetry and operators say of a link goes on beside its repairs."""
NEW = 0
"""The version before of a row that the repair made; the version after of one that it removed."""

Row = Node | Link | ConnectionPoint


class Ledger:
    """Writes rows and remembers the version of each before and after.

    `choice` is what the person chose where a repair asks; `notes` is what a repair of another kind keeps to
    undo itself.
    """

    def __init__(self, *, actor: User | None = None, choice: str = "") -> None:
        self.actor = actor
        self.choice = choice
        self.notes: dict[str, Any] = {}
        self.rows: dict[tuple[str, int], list[int]] = {}
        self.boxes: list[Polygon] = []

    def change(self, row: Row, **columns: Any) -> None:
        """Write columns of a row, one version up."""
        self._see(row.geom)
        if "geom" in columns:
            self._see(columns["geom"])
        self._note(row)[1] = row.version + 1
        type(row)._default_manager.filter(pk=row.pk).update(version=F("version") + 1, **columns)
        for name, value in {**columns, "version": row.version + 1}.items():
            setattr(row, name, value)

    def create(self, row: Row) -> None:
        """Insert a new row."""
        row.save(force_insert=True)
        self._see(row.geom)
        self.rows[_table(row), row.pk] = [NEW, row.version]

    def remove(self, row: Row, *, along: Collection[type[models.Model]] = ()) -> None:
        """Delete a row on which nothing hangs but rows of the models `along`, which go with it.

        Raises:
            StillInUse: something of the platform hangs on it.
        """
        if _hangs(row, along):
            raise StillInUse
        self._see(row.geom)
        self._note(row)[1] = NEW
        type(row)._default_manager.filter(pk=row.pk).delete()

    def tell(self, network: Network) -> None:
        """Tell tiles, traces and other processes what changed."""
        _tell(network, list(self.rows))

    def as_json(self) -> dict[str, Any]:
        """Return what `undo` takes."""
        rows = [[table, pk, *versions] for (table, pk), versions in self.rows.items()]
        return {"rows": rows, **self.notes}

    def _note(self, row: Row) -> list[int]:
        return self.rows.setdefault((_table(row), row.pk), [row.version, row.version])

    def _see(self, geom: GEOSGeometry) -> None:
        box = Polygon.from_bbox(geom.extent)
        box.srid = 4326
        self.boxes.append(box)


def undo(ledger: Mapping[str, Any], network: Network) -> list[Polygon]:
    """Put back every row of a ledger as it was, one version up; return the boxes of what changed.

    Raises:
        RepairOutdated: a row was changed since, or something now hangs on one that the repair made.
    """
    rows = [tuple(row) for row in ledger.get("rows", ())]
    boxes = [box for table, pk, _, after in rows for box in _as_it_was_left(table, pk, after)]
    for table in TABLES:
        for _, pk, before, after in (row for row in rows if row[0] == table and row[2] != NEW):
            _restore(table, pk, before, removed=after == NEW)
    for table in reversed(list(TABLES)):
        made = TABLES[table][0]._default_manager.filter(
            pk__in=[pk for name, pk, before, _ in rows if name == table and before == NEW]
        )
        if any(_hangs(row) for row in made):  # type: ignore[arg-type]
            raise RepairOutdated
        made.delete()
    _tell(network, [(table, pk) for table, pk, _, _ in rows])
    return boxes


def _tell(network: Network, rows: Collection[tuple[str, int]]) -> None:
    of = {table: [pk for name, pk in rows if name == table] for table in TABLES}
    if of["node"] or of["link"]:
        elements_edited(network, nodes=of["node"], links=of["link"])


def _as_it_was_left(table: str, pk: int, after: int) -> Iterator[Polygon]:
    """Yield the box of a row that stands as the repair left it."""
    row: Any = TABLES[table][0]._default_manager.select_for_update().filter(pk=pk).first()
    if (row.version if row else NEW) != after:
        raise RepairOutdated
    if row:
        box = Polygon.from_bbox(row.geom.extent)
        box.srid = 4326
        yield box


def _restore(table: str, pk: int, version: int, *, removed: bool) -> None:
    """Copy a row from the last event that holds it at this version."""
    model, event = TABLES[table]
    there = {field.column for field in event._meta.concrete_fields} - {"id", "version"}
    columns = [
        field.column
        for field in model._meta.concrete_fields
        if field.column in there and (removed or field.column not in KEPT_ON_UNDO)
    ]
    # Names of tables and columns come from the models.
    names = {
        "held": model._meta.db_table,
        "events": event._meta.db_table,
        "columns": ", ".join(map(str, columns)),
    }
    query = statement(__file__, "restore_removed" if removed else "restore_changed").format(**names)
    with connection.cursor() as cursor:
        cursor.execute(query, {"id": pk, "version": version})
        if cursor.rowcount != 1:
            raise RepairOutdated


def _hangs(row: Row, along: Collection[type[models.Model]] = ()) -> bool:
    """Say whether any row of any application refers to this one, but for the models `along`."""
    collector = Collector(using="default")
    try:
        collector.collect([row])
    except ProtectedError:
        return True
    others = any(model is not type(row) and model not in along for model in collector.data)
    quick = any(rows.model not in along and rows.exists() for rows in collector.fast_deletes)
    unlinked = any(bool(rows) for batches in collector.field_updates.values() for rows in batches)
    return others or quick or unlinked


def _table(row: Row) -> str:
    return next(name for name, (model, _) in TABLES.items() if isinstance(row, model))
