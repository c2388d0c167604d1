"""What elements and zones were before each change: rows that triggers write and nobody rewrites.

An event holds the row as it stood until `pgh_created_at`; the row as it stands now is the element itself, so
that what only arrives, a million rows of an import, costs nothing. `pgh_context` says who and why
(`gis.attribution`): `user`, `request`, `import_id`, `correction_id`.
"""

from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from pghistory import trigger
from pghistory.models import Event

from gis.models.networks import ConnectionPoint, ConnectionPointAlias, Link, Node
from gis.models.zones import Zone

UNTRACKED = ["geom_3857", "created_in"]
QUIET = ["state_at", "state_source"]
"""What telemetry refreshes without anything having changed."""


class HistoryEvent(Event):
    """One change; `pgh_label` is `update` or `delete`, `pgh_obj_id` the element's id."""

    pgh_id = models.BigAutoField(primary_key=True)
    pgh_created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class _PlannedEvent(trigger.Event):
    """Plans its statement for the rows at hand: with a plan kept from one row's, a million never ended."""

    def get_func(self, model: Any) -> pgtrigger.Func:
        func: pgtrigger.Func = super().get_func(model)
        insert = func.func.removesuffix("; RETURN NULL;")
        return pgtrigger.Func(f"EXECUTE $event$ {insert} $event$; RETURN NULL;")


class _Update(pghistory.UpdateEvent):
    """Keeps the row as it was, where one of the tracked fields changed."""

    def add_event_trigger(self, event_model: Any) -> None:
        event = _PlannedEvent(
            event_model=event_model,
            label=self.label,
            name=self.trigger_name,
            row=self.row,
            operation=self.operation,
            condition=self.condition,
            level=self.level,
        )
        pgtrigger.register(event)(event_model.pgh_tracked_model)


def _events(model: type[models.Model], name: str, *, quiet: list[str] | None = None) -> Any:
    """Return the abstract event model of a tracked one, and register the triggers that fill it."""
    of_imports = models.Index(
        KeyTextTransform("import_id", "pgh_context"),
        name=f"gis_{name}_import",
        condition=Q(pgh_context__has_key="import_id"),
    )
    removals = models.Index(fields=["-pgh_id"], name=f"gis_{name}_removed", condition=Q(pgh_label="delete"))
    return pghistory.create_event_model(
        model,
        _Update(row=pghistory.Old, condition=pgtrigger.AnyChange(exclude=[*UNTRACKED, *(quiet or [])])),
        pghistory.DeleteEvent(),
        exclude=UNTRACKED,
        base_model=HistoryEvent,
        obj_field=pghistory.ObjForeignKey(related_name="+", db_index=True),
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type]
        append_only=True,
        level=pghistory.Statement,
        meta={"indexes": [of_imports, removals]},
    )


class NodeEvent(_events(Node, "nodeevent")):  # type: ignore[misc]
    """A node as it was."""


class LinkEvent(_events(Link, "linkevent", quiet=QUIET)):  # type: ignore[misc]
    """A link as it was."""


class ConnectionPointEvent(_events(ConnectionPoint, "cpevent")):  # type: ignore[misc]
    """A connection point as it was."""


class ZoneEvent(_events(Zone, "zoneevent")):  # type: ignore[misc]
    """A zone as it was."""


class ConnectionPointAliasEvent(
    pghistory.create_event_model(  # type: ignore[misc]
        ConnectionPointAlias,
        pghistory.DeleteEvent(),
        exclude=["created_in"],
        base_model=HistoryEvent,
        obj_field=None,
        context_field=None,
        context_id_field=None,
        append_only=True,
        level=pghistory.Statement,
        meta={"indexes": [models.Index(fields=["connection_point"], name="gis_aliasevent_of_point")]},
    )
):
    """An old reference that went, alone or with its connection point."""
