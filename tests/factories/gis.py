"""Networks drawn in ASCII, for the tests that need them.

One line per run of links, nodes by name. A node that starts with a capital R is a source.

    R1 --p1-- a ==v1== b --p2-- c
              a >>prv1>> d ~~tr1~~ e

`--p--` pipe, `==v==` isolation valve, `=/v/=` the same closed, `##s##` switch, `#/s/#` the same open, `++l++`
line, `>>x>>` pressure-reducing valve (one way), `~~t~~` transformer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.contrib.gis.geos import Polygon

from gis.domain.arrays import Ints
from gis.domain.graph import LINK_KINDS, NODE_KINDS, STATES, NetworkGraph, Part, link_dtype, node_dtype
from gis.domain.rows import ConnectionPointRow, Key, LinkKind, LinkRow, NetworkRows, NodeKind, NodeRow
from gis.models import Network, Node, Zone
from gis.services import NewZone, add_connection_points, add_elements, add_zones

SYMBOLS = {
    "--": (LinkKind.PIPE, "open"),
    "==": (LinkKind.VALVE, "open"),
    "=/": (LinkKind.VALVE, "closed"),
    "##": (LinkKind.SWITCH, "closed"),
    "#/": (LinkKind.SWITCH, "open"),
    "++": (LinkKind.LINE, "closed"),
    ">>": (LinkKind.PRV, "active"),
    "~~": (LinkKind.TRANSFORMER, "closed"),
}
LINK = re.compile(r"(--|==|=/|##|#/|\+\+|>>|~~)([\w-]*?\w)(?:--|==|/=|##|/#|\+\+|>>|~~)")


def drawn(drawing: str) -> NetworkGraph:
    """Build the graph of a drawing."""
    rows = drawn_rows(drawing)
    return graph_of(rows.nodes, rows.links)


def graph_of(nodes: Sequence[NodeRow], links: Sequence[LinkRow]) -> NetworkGraph:
    """Build the graph of some rows, numbered from 1 in their order; a link without a length has 1 m."""
    ids = {node.key: index for index, node in enumerate(nodes, start=1)}
    return NetworkGraph(
        np.array(
            [
                (ids[node.key], NODE_KINDS.index(node.kind), node.is_source, node.code.encode())
                for node in nodes
            ],
            node_dtype(),
        ),
        np.array([_row(number, link, ids) for number, link in enumerate(links, start=1)], link_dtype()),
    )


def _row(number: int, link: LinkRow, ids: dict[Key, int]) -> tuple[object, ...]:
    ends = ids[link.start], ids[link.end]
    kind, state = LINK_KINDS.index(link.kind), STATES.index(link.state)
    one_way = bool(link.attributes.get("check_valve"))
    return (
        number,
        *ends,
        link.length_m or 1.0,
        kind,
        state,
        link.operable,
        one_way,
        False,
        link.code.encode(),
    )


def drawn_rows(drawing: str, *, origin: tuple[float, float] = (-2.32, 34.92)) -> NetworkRows:
    """Build the rows of a drawing, nodes 0.001 degree apart."""
    nodes: dict[str, NodeRow] = {}
    links: list[LinkRow] = []
    for number, text in enumerate(filter(str.strip, drawing.splitlines())):
        tokens = text.split()
        for column, name in enumerate(tokens[::2]):
            place = (origin[0] + 0.001 * column, origin[1] - 0.001 * number)
            nodes.setdefault(name, _node(name, place))
        for before, link, after in zip(tokens[::2], tokens[1::2], tokens[2::2], strict=False):
            links.append(_link(link, nodes[before], nodes[after]))
    electric = any(link.kind in {"line", "switch", "transformer"} for link in links)
    return NetworkRows("electricity" if electric else "water", tuple(nodes.values()), tuple(links))


def codes(graph: NetworkGraph, part: Part) -> tuple[set[str], set[str]]:
    """Return the codes of a part: of its nodes, of its links."""
    return set(graph.node_codes(part.nodes)), link_codes(graph, part.links)


def link_codes(graph: NetworkGraph, links: Ints) -> set[str]:
    """Return the codes of links."""
    return set(graph.link_codes(links))


def _node(name: str, place: tuple[float, float]) -> NodeRow:
    source = name.startswith("R")
    kind = NodeKind.RESERVOIR if source else NodeKind.JUNCTION
    return NodeRow(name, kind.value, place, is_source=source)


def _link(token: str, start: NodeRow, end: NodeRow) -> LinkRow:
    match = LINK.fullmatch(token)
    if match is None:
        raise ValueError(f"not a link: {token}")
    kind, state = SYMBOLS[match[1]]
    return LinkRow(
        match[2],
        kind.value,
        start.key,
        end.key,
        (start.position, end.position),
        state=state,
        operable=kind in {LinkKind.VALVE, LinkKind.SWITCH},
    )


def built(drawing: str, *, code: str = "rue") -> Network:
    """Write a drawn network to the database."""
    rows = drawn_rows(drawing)
    network = Network.objects.create(code=code, utility=rows.utility, name_fr=code, name_ar=code)
    add_elements(network_code=code, nodes=rows.nodes, links=rows.links)
    return network


def customers(network: Network, **places: str) -> None:
    """Put one connection point at each node named: `customers(network, C1="a")`."""
    nodes = {node.code: node for node in Node.objects.filter(network=network)}
    points = [
        ConnectionPointRow(code, (nodes[name].kind, name), nodes[name].geom.coords)
        for code, name in places.items()
    ]
    add_connection_points(network_code=network.code, points=points)


def square(west: float, south: float, side: float = 0.001) -> Polygon:
    """Draw a square in degrees."""
    box = Polygon.from_bbox((west, south, west + side, south + side))
    box.srid = 4326
    return box


def zone(
    code: str,
    area: Polygon,
    *,
    kind: str = "dma",
    utility: str | None = None,
    parent: str | None = None,
    since: datetime | None = None,
    at: datetime | None = None,
) -> Zone:
    """Draw a zone that was there since some time (always), or bring one to this outline as of `at` (now)."""
    new = NewZone(code, kind, code.title(), code, area, utility=utility, parent=parent, valid_from=since)
    add_zones(zones=[new], at=at)
    return Zone.objects.get(code=code)
