"""Say where customers join a network: from a list, or derived by a stated rule for the demo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import QuerySet

from gis.domain.customers import DerivationRule, derive_points
from gis.domain.placement import PLACE_CRS, WGS84, project
from gis.domain.rows import ConnectionPointRow, LinkKind, LinkRow, NodeRow
from gis.models import ConnectionPoint, Link, Node
from gis.services.complements import locked_network
from gis.services.freshness import touch_topology
from gis.services.writing import Written, write_points


@transaction.atomic
def add_connection_points(*, network_code: str, points: Sequence[ConnectionPointRow]) -> Written:
    """Add connection points (positions in EPSG:4326); those already there as given are left alone.

    Raises:
        NoSuchNetwork: there is no such network.
        UnknownElements: a point names a node or link that is not there.
    """
    network = locked_network(network_code)
    written = write_points(network, points)
    if written.changed:
        touch_topology(network, points_alone=True)
    return written


def derive_connection_points(*, network_code: str, rule: DerivationRule | None = None) -> Written:
    """Derive the connection points of a water network by the rule that `gis.domain.customers` states.

    Those already there are left where they are, even if a pipe was cut or moved since.

    Raises:
        NoSuchNetwork: there is no such network.
    """
    nodes = _nodes(Node.objects.filter(network__code=network_code))
    pipes = _pipes(Link.objects.filter(network__code=network_code, kind=LinkKind.PIPE.value))
    derived = derive_points(nodes, _through_valves(network_code, pipes), rule or DerivationRule())
    there = set(ConnectionPoint.objects.filter(network__code=network_code).values_list("code", flat=True))
    points = [point for point in derived if point.code not in there]
    places = project([point.position for point in points], PLACE_CRS, WGS84)
    placed = [replace(point, position=place) for point, place in zip(points, places, strict=True)]
    written = add_connection_points(network_code=network_code, points=placed)
    return written + Written(unchanged=len(derived) - len(points))


def _through_valves(network_code: str, pipes: list[LinkRow]) -> list[LinkRow]:
    """Take a pipe that begins behind an isolation valve for one that begins at the junction before it."""
    valves = Link.objects.filter(network__code=network_code, kind=LinkKind.VALVE.value)
    before = {
        (end_kind, end): (start_kind, start)
        for start_kind, start, end_kind, end in valves.values_list(
            "start_node__kind", "start_node__code", "end_node__kind", "end_node__code"
        )
    }
    return [
        replace(pipe, start=before.get(pipe.start, pipe.start), end=before.get(pipe.end, pipe.end))
        for pipe in pipes
    ]


def _nodes(nodes: QuerySet[Node]) -> list[NodeRow]:
    found = list(nodes.order_by("pk"))
    places = project([(node.geom.x, node.geom.y) for node in found], WGS84, PLACE_CRS)
    return [
        NodeRow(node.code, node.kind, place, attributes=node.attributes)
        for node, place in zip(found, places, strict=True)
    ]


def _pipes(pipes: QuerySet[Link]) -> list[LinkRow]:
    return [
        LinkRow(
            pipe.code,
            pipe.kind,
            (pipe.start_node.kind, pipe.start_node.code),
            (pipe.end_node.kind, pipe.end_node.code),
            tuple(project([(x, y) for x, y, *_ in pipe.geom.coords], WGS84, PLACE_CRS)),
        )
        for pipe in pipes.select_related("start_node", "end_node").order_by("pk")
    ]
