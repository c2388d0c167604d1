"""Edit one element of a network, against the version that the editor saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.gis.geos import LineString, Point
from django.db import transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from gis.attribution import attributed
from gis.domain.edits import EDITABLE, merged
from gis.errors import EditedMeanwhile, NoSuchElement
from gis.models import ConnectionPoint, Link, Network, Node
from gis.services.freshness import elements_edited
from gis.services.moving import move_device, move_node, redraw_link
from gis.services.states import set_link_state
from gis.services.zones.memberships import derive_memberships

TABLES: Mapping[str, type[Node | Link | ConnectionPoint]] = {
    "node": Node,
    "link": Link,
    "connection_point": ConnectionPoint,
}
TRACED = {"operable", "length_m"}
"""What a trace depends on, besides the state."""


@transaction.atomic
def edit_element(
    *,
    table: str,
    element_id: int,
    version: int,
    changes: Mapping[str, Any],
    actor: User,
    correction_id: int | None = None,
) -> Node | Link | ConnectionPoint:
    """Change fields of an element and return it as it now is; what changes nothing writes nothing.

    Args:
        table: `node`, `link` or `connection_point`.
        version: the version the editor began with.
        changes: fields and values, as `gis.domain.edits.EDITABLE` names them. `geom` is in EPSG:4326: a point
            for nodes, connection points and devices, a line for pipes and lines. `attributes` is a merge
            patch. What is drawn up to a moved node follows it, measured again if it was measured before.
        correction_id: the correction from the field that this carries out.

    Raises:
        NoSuchElement: it is not there, or no more.
        EditedMeanwhile: someone changed it since that version.
        InvalidInput: a field that cannot be edited, or a place that cannot be.
    """
    if unknown := sorted(set(changes) - set(EDITABLE[table])):
        raise InvalidInput(errors={field: [_("Unknown field.")] for field in unknown})
    element = _locked(table, element_id)
    if element.version != version:
        raise EditedMeanwhile(element=element, seen=version)
    wanted = _different(element, changes)
    if wanted:
        with attributed(user=actor.pk, correction_id=correction_id):
            _write(table, element, wanted)
    return TABLES[table].objects.select_related("network").get(pk=element_id)


def _locked(table: str, element_id: int) -> Any:
    """Lock the network, then the element, in the order of every writer."""
    model = TABLES[table]
    network_id = model.objects.filter(pk=element_id).values_list("network", flat=True).first()
    if network_id is not None:
        Network.objects.select_for_update().get(pk=network_id)
    element = model.objects.select_for_update(of=("self",)).filter(pk=element_id).first()
    if element is None:
        raise NoSuchElement
    return element


def _different(element: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    wanted = dict(changes)
    if "attributes" in wanted:
        wanted["attributes"] = merged(element.attributes, wanted["attributes"])
    return {field: value for field, value in wanted.items() if not _same(getattr(element, field), value)}


def _same(held: Any, given: Any) -> bool:
    if isinstance(given, Point | LineString):
        return isinstance(held, type(given)) and bool(held.equals_exact(given, tolerance=1e-9))
    return bool(held == given)


def _write(table: str, element: Any, wanted: dict[str, Any]) -> None:
    state, place = wanted.pop("state", None), wanted.pop("geom", None)
    columns = {**wanted, "version": element.version + 1}
    if place is not None:
        _place(table, element, place, columns)
    TABLES[table].objects.filter(pk=element.pk).update(**columns)
    if table == "connection_point" and place is not None:
        derive_memberships(points=[element.pk])
    if state is not None:
        set_link_state(link_id=element.pk, state=state, at=clock.now(), source="staff")
    if table == "node" and place is not None:
        elements_edited(element.network, nodes=[element.pk])
    elif table == "link" and (place is not None or TRACED & set(wanted)):
        ends = (element.start_node_id, element.end_node_id)
        elements_edited(element.network, nodes=ends, links=[element.pk])


def _place(table: str, element: Any, place: Any, columns: dict[str, Any]) -> None:
    """Move an element: at once with what follows it, or among its `columns`."""
    if table == "node":
        move_node(element, place)
    elif table == "link" and isinstance(place, Point):
        move_device(element, place)
    elif table == "link":
        columns |= redraw_link(element, place, length_given="length_m" in columns)
    else:
        columns["geom"] = place
