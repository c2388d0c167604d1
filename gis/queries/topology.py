"""The graph of each network, kept in memory by every process and rebuilt when its topology has changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock

from django.db import connection

from gis.domain.graph import GraphLink, GraphNode, NetworkGraph
from gis.errors import NoSuchNetwork
from gis.models import Link, Node


@dataclass(frozen=True, slots=True)
class KnownNetwork:
    """A network's graph and what it was built from; `stamp` tells one committed state from any other."""

    id: int
    code: str
    utility: str
    stamp: tuple[int, str]
    graph: NetworkGraph


_known: dict[str, KnownNetwork] = {}
_building = Lock()


def network_graph(code: str) -> KnownNetwork:
    """Return the graph of a network as it is now.

    Raises:
        NoSuchNetwork: there is none of this code.
    """
    found = _stamp(code)
    known = _known.get(code)
    if known is not None and (known.id, known.stamp) == (found[0], found[2]):
        return known
    with _building:
        known = _known.get(code)
        if known is None or (known.id, known.stamp) != (found[0], found[2]):
            known = KnownNetwork(found[0], code, found[1], found[2], _build(found[0]))
            _known[code] = known
    return known


def _stamp(code: str) -> tuple[int, str, tuple[int, str]]:
    """Read a network's version and the transaction that wrote it: one rolled back is never mistaken."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, utility, topology_version, xmin::text FROM gis_network WHERE code = %s", [code]
        )
        row = cursor.fetchone()
    if row is None:
        raise NoSuchNetwork
    return row[0], row[1], (row[2], row[3])


def _build(network_id: int) -> NetworkGraph:
    nodes = Node.objects.filter(network_id=network_id).order_by("pk")
    links = Link.objects.filter(network_id=network_id).order_by("pk")
    checked = set(links.filter(attributes__check_valve=True).values_list("pk", flat=True))
    rows = links.values_list("pk", "kind", "code", "start_node_id", "end_node_id", "state", "operable")
    return NetworkGraph(
        [GraphNode(*row) for row in nodes.values_list("pk", "kind", "code", "is_source")],
        [
            GraphLink(*row) if row[0] not in checked else replace(GraphLink(*row), one_way=True)
            for row in rows
        ],
    )
