"""The repairs of nodes, links and connection points. Each takes the finding and writes through a ledger."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.gis.geos import LineString, Point
from django.db.models import Q

from gis.domain.lines import Line, cut, nearest_on
from gis.domain.lines import length as line_length
from gis.domain.placement import PLACE_CRS, WGS84, geodesic_length_m, project
from gis.domain.rows import Position
from gis.errors import RepairImpossible
from gis.models import ConnectionPoint, Link, Node, QualityFinding
from gis.services.moving import MEASURED_WITHIN
from gis.services.quality.ledger import Ledger

M = TypeVar("M", Node, Link, ConnectionPoint)


def move_end(finding: QualityFinding, ledger: Ledger) -> None:
    """Draw the end of a link to the node it is joined to."""
    link = _there(Link, finding.subject_id)
    if finding.details["end"] == "start":
        ledger.change(link, **redrawn(link, start=link.start_node.geom))
    else:
        ledger.change(link, **redrawn(link, end=link.end_node.geom))


def merge_node(finding: QualityFinding, ledger: Ledger) -> None:
    """Join all that meets at a node to the other one, draw it there, and remove the first."""
    node, kept = _there(Node, finding.subject_id), _there(Node, finding.details["other_id"])
    _merge(node, kept, ledger)


def join_link(finding: QualityFinding, ledger: Ledger) -> None:
    """Join a free end to the pipe or line beside it: cut in two there or, at its very end, to its node."""
    node, other = _there(Node, finding.subject_id), _there(Link, finding.details["other_id"])
    line = _plane(other.geom)
    along, whole = nearest_on(line, _spot(node.geom)), line_length(line)
    if along <= 0 or along >= whole:
        _merge(node, other.start_node if along <= 0 else other.end_node, ledger)
        return
    first, second = (_drawn(part) for part in cut(line, along))
    _move(node, Point(second.coords[0], srid=4326), ledger)
    _split(other, node, first, second, along / whole, ledger)


def remove_link(finding: QualityFinding, ledger: Ledger) -> None:
    """Remove a link that is drawn twice; its connection points pass to the other one."""
    link, kept = _there(Link, finding.subject_id), _there(Link, finding.details["other_id"])
    for point in ConnectionPoint.objects.select_for_update().filter(link=link):
        ledger.change(point, link=kept)
    ledger.remove(link)


def attach_point(finding: QualityFinding, ledger: Ledger) -> None:
    """Attach a connection point to the pipe or line beside it, and to the nearer of its ends."""
    point, link = _there(ConnectionPoint, finding.subject_id), _there(Link, finding.details["other_id"])
    if point.node_id is not None:
        raise RepairImpossible
    line = _plane(link.geom)
    is_nearer_start = nearest_on(line, _spot(point.geom)) * 2 <= line_length(line)
    ledger.change(point, link=link, node=link.start_node if is_nearer_start else link.end_node)


def redrawn(link: Link, *, start: Point | None = None, end: Point | None = None) -> dict[str, Any]:
    """Return the columns of a link with its ends drawn elsewhere; a measured length is measured again."""
    coords = [(x, y) for x, y, *_ in link.geom.coords]
    before = geodesic_length_m(coords)
    coords[0] = (start.x, start.y) if start else coords[0]
    coords[-1] = (end.x, end.y) if end else coords[-1]
    columns: dict[str, Any] = {"geom": LineString(coords, srid=4326)}
    if abs(link.length_m - before) <= MEASURED_WITHIN * before:
        columns["length_m"] = geodesic_length_m(coords)
    return columns


def _merge(node: Node, kept: Node, ledger: Ledger) -> None:
    links = Link.objects.select_for_update().filter(Q(start_node=node) | Q(end_node=node))
    for link in links:
        starts = link.start_node_id == node.pk
        if kept.pk in {link.start_node_id, link.end_node_id}:
            raise RepairImpossible
        ends: dict[str, Any] = {"start_node": kept} if starts else {"end_node": kept}
        drawing = redrawn(link, start=kept.geom) if starts else redrawn(link, end=kept.geom)
        ledger.change(link, **ends, **drawing)
    for point in ConnectionPoint.objects.select_for_update().filter(node=node):
        ledger.change(point, node=kept)
    ledger.remove(node)


def _move(node: Node, place: Point, ledger: Ledger) -> None:
    """Move a node by a hand's breadth, and the ends drawn to it."""
    for link in Link.objects.select_for_update().filter(Q(start_node=node) | Q(end_node=node)):
        starts = link.start_node_id == node.pk
        ledger.change(link, **(redrawn(link, start=place) if starts else redrawn(link, end=place)))
    ledger.change(node, geom=place)


def _split(
    link: Link, node: Node, first: LineString, second: LineString, share: float, ledger: Ledger
) -> None:
    """Let a link end at a node on it; what is beyond becomes a link of its own, with what hangs on it."""
    rest = Link(
        network_id=link.network_id,
        code=_free_code(link),
        kind=link.kind,
        start_node=node,
        end_node_id=link.end_node_id,
        geom=second,
        length_m=round(link.length_m * (1 - share), 3),
        diameter_mm=link.diameter_mm,
        state=link.state,
        state_source=link.state_source,
        state_at=link.state_at,
        operable=link.operable,
        attributes={**link.attributes, "cut_from": link.code},
        synthetic=link.synthetic,
    )
    line, cut_at = _plane(link.geom), share * line_length(_plane(link.geom))
    beyond = link.end_node_id
    ledger.create(rest)
    ledger.change(link, end_node=node, geom=first, length_m=round(link.length_m * share, 3))
    for point in ConnectionPoint.objects.select_for_update().filter(link=link):
        if nearest_on(line, _spot(point.geom)) > cut_at:
            ledger.change(point, link=rest, **({} if point.node_id == beyond else {"node": node}))
        elif point.node_id == beyond:
            ledger.change(point, node=node)


def _free_code(link: Link) -> str:
    """Return the first code of `p1-2`, `p1-3`… that no link of the network has."""
    stem = link.code[:56]
    taken = set(
        Link.objects.filter(
            network_id=link.network_id, kind=link.kind, code__startswith=f"{stem}-"
        ).values_list("code", flat=True)
    )
    return next(code for n in range(2, len(taken) + 3) if (code := f"{stem}-{n}") not in taken)


def _plane(geom: LineString) -> Line:
    """Return a line in metres of the plane in which networks are placed."""
    return tuple(project([(x, y) for x, y, *_ in geom.coords], WGS84, PLACE_CRS))


def _spot(place: Point) -> Position:
    ((x, y),) = project([(place.x, place.y)], WGS84, PLACE_CRS)
    return x, y


def _drawn(line: Line) -> LineString:
    return LineString(project(list(line), PLACE_CRS, WGS84), srid=4326)


def _there(model: type[M], pk: int) -> M:
    """Lock a row.

    Raises:
        RepairImpossible: it is no longer there.
    """
    row = model._default_manager.select_for_update().filter(pk=pk).first()
    if row is None:
        raise RepairImpossible
    return row
