"""Bring back what was removed, as its history last held it."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from backend.core.models import User
from backend.core.services.audit import record
from gis.attribution import attributed
from gis.errors import NoSuchElement, RestoreImpossible
from gis.models import ConnectionPoint, Link, Network, Node, NodeEvent
from gis.queries.history import EVENTS, MODELS
from gis.services.freshness import elements_edited, touch_topology
from gis.services.zones.memberships import derive_memberships
from gis.statements import statement


@transaction.atomic
def restore_element(*, table: str, event_id: int, actor: User) -> Node | Link | ConnectionPoint:
    """Bring back an element under its own id, one version up, so that its history goes on.

    A connection point whose node or link is gone comes back without: the quality queue has it attached. Who
    lies in which zone is derived anew. The old references that went with it come back, but for those that
    another point has by now.

    Args:
        table: `node`, `link` or `connection_point`.
        event_id: of the removal.

    Raises:
        NoSuchElement: there is no such removal.
        RestoreImpossible: it is back already, its code is taken, or a link's node is not there.
    """
    event = EVENTS[table].objects.filter(pgh_id=event_id, pgh_label="delete").first()
    if event is None:
        raise NoSuchElement
    network = Network.objects.select_for_update().get(pk=event.network_id)
    if reasons := _reasons(table, event):
        raise RestoreImpossible(errors={event.code: reasons})
    with attributed(user=actor.pk, restored_from=event.pgh_id):
        _insert(table, event)
        left = dict.fromkeys(_lost_ends(table, event))
        MODELS[table].objects.filter(pk=event.pgh_obj_id).update(version=F("version") + 1, **left)
    record(actor=actor, action="gis.element_restored", subject=f"{table}:{event.pgh_obj_id}")
    _tell(table, network, event)
    found: Node | Link | ConnectionPoint = (
        MODELS[table].objects.select_related("network").get(pk=event.pgh_obj_id)
    )
    return found


def _reasons(table: str, event: Any) -> list[str]:
    """Say what keeps an element from coming back."""
    model = MODELS[table]
    if model.objects.filter(pk=event.pgh_obj_id).exists():
        return [_("It is there again.")]
    if EVENTS[table].objects.filter(pgh_obj_id=event.pgh_obj_id, pgh_id__gt=event.pgh_id).exists():
        return [_("It was brought back and removed again since: bring that one back.")]
    same = {"network_id": event.network_id, "code": event.code}
    if table != "connection_point":
        same["kind"] = event.kind
    if model.objects.filter(**same).exists():
        return [_("Another element has its code now.")]
    if table == "link" and (codes := _missing_nodes(event)):
        return [_("Bring its nodes back first: %s.") % ", ".join(codes)]
    return []


def _missing_nodes(event: Any) -> list[str]:
    ends = {event.start_node_id, event.end_node_id}
    missing = ends - set(Node.objects.filter(pk__in=ends).values_list("pk", flat=True))
    removals = NodeEvent.objects.filter(pgh_obj_id__in=missing, pgh_label="delete").order_by("pgh_id")
    codes = dict(removals.values_list("pgh_obj_id", "code"))
    return [codes.get(pk, str(pk)) for pk in sorted(missing)]


def _lost_ends(table: str, event: Any) -> list[str]:
    """Name what a connection point hung on and is there no more."""
    if table != "connection_point":
        return []
    ends: list[tuple[str, Any]] = [("node", Node), ("link", Link)]
    held = [(name, model, getattr(event, f"{name}_id")) for name, model in ends]
    return [name for name, model, pk in held if pk and not model.objects.filter(pk=pk).exists()]


def _insert(table: str, event: Any) -> None:
    model, events = MODELS[table], EVENTS[table]
    kept = {field.column for field in events._meta.concrete_fields} - {"id"}
    columns = [field.column for field in model._meta.concrete_fields if field.column in kept]
    # Names of tables and columns come from the models.
    names = {"held": model._meta.db_table, "events": events._meta.db_table, "columns": ", ".join(columns)}
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, "bring_back").format(**names), {"event": event.pgh_id})


def _tell(table: str, network: Network, event: Any) -> None:
    if table == "connection_point":
        with connection.cursor() as cursor:
            cursor.execute(statement(__file__, "bring_back_references"), {"event": event.pgh_id})
        touch_topology(network, points_alone=True)
        derive_memberships(points=[event.pgh_obj_id])
    elif table == "node":
        elements_edited(network, nodes=[event.pgh_obj_id])
    else:
        ends = (event.start_node_id, event.end_node_id)
        elements_edited(network, nodes=ends, links=[event.pgh_obj_id])
