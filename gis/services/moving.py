"""Move nodes, devices and lines so that what was drawn together stays together."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.geos import LineString, Point
from django.db import connection
from django.utils.translation import gettext as _

from backend.core.errors import InvalidInput
from gis.domain.placement import geodesic_length_m
from gis.domain.rows import CONDUITS
from gis.errors import EndsElsewhere
from gis.models import Link, Node
from gis.statements import statement

SNAP_M = 0.5
"""How near to its node the end of a line is drawn to be taken as drawn up to it."""
MEASURED_WITHIN = 0.01
"""How near a length is to the drawing's own to be taken as measured on it."""


def move_node(node: Node, place: Point, *, but: int | None = None) -> None:
    """Move a node and the ends of the links drawn up to it, except the link `but`. Raises their versions."""
    values = {
        "node": node.pk,
        "lon": place.x,
        "lat": place.y,
        "but": but or 0,
        "snap_m": SNAP_M,
        "within": MEASURED_WITHIN,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, "drag_links"), values)
    Node.objects.filter(pk=node.pk).update(geom=place)


def move_device(device: Link, middle: Point) -> None:
    """Move a valve, a pump, a switch or the like so that its middle lies at a place, its two ends with it.

    Raises:
        InvalidInput: this link is a line, which is drawn and not placed.
    """
    if device.kind in CONDUITS:
        raise InvalidInput(errors={"geom": [_("Not a place for this element.")]})
    was = device.geom.interpolate_normalized(0.5)
    east, north = middle.x - was.x, middle.y - was.y
    moved = LineString([(x + east, y + north) for x, y in device.geom.coords], srid=4326)
    for node in (device.start_node, device.end_node):
        move_node(node, Point(node.geom.x + east, node.geom.y + north, srid=4326), but=device.pk)
        Node.objects.filter(pk=node.pk).update(version=node.version + 1)
    Link.objects.filter(pk=device.pk).update(geom=moved)


def redraw_link(link: Link, line: LineString, *, length_given: bool) -> dict[str, Any]:
    """Return the columns of a link drawn anew: its line from node to node, its length if that was measured.

    Raises:
        EndsElsewhere: the line does not run between the nodes of the link.
    """
    first, last = link.start_node.geom.coords, link.end_node.geom.coords
    if max(_apart_m(line[0], first), _apart_m(line[-1], last)) > SNAP_M:
        raise EndsElsewhere
    drawn = LineString([first, *line.coords[1:-1], last], srid=4326)
    columns: dict[str, Any] = {"geom": drawn}
    before = _length_m(link.geom)
    if not length_given and abs(link.length_m - before) <= MEASURED_WITHIN * before:
        columns["length_m"] = _length_m(drawn)
    return columns


def _length_m(line: Any) -> float:
    return geodesic_length_m(line.coords)


def _apart_m(one: Any, other: Any) -> float:
    return geodesic_length_m((one, other))
