"""Add to a network what its source lacks: valves, nodes and links, all marked synthetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib.gis.geos import LineString
from django.db import transaction

from gis.domain.lines import cut
from gis.domain.lines import length as line_length
from gis.domain.placement import PLACE_CRS, WGS84, project
from gis.domain.rows import LinkKind, LinkRow, NodeKind, NodeRow, Position
from gis.errors import NoSuchNetwork, UnknownElements
from gis.models import Link, Network, Node
from gis.services.freshness import touch_topology
from gis.services.writing import Written, write_links, write_nodes

LONGEST_SHARE = 0.05
"""Of a short pipe, a valve takes no more than this."""


@dataclass(frozen=True, slots=True)
class ValvePlacement:
    """An isolation valve on `pipe`, `distance_m` away from its end at `node`."""

    code: str
    pipe: str
    node: str
    distance_m: float = 1.0

    @property
    def node_code(self) -> str:
        """The junction between the valve and the rest of its pipe."""
        return f"{self.code}-n"


def locked_network(code: str) -> Network:
    """Lock a network against other writers for the rest of the transaction.

    Raises:
        NoSuchNetwork: there is none of this code.
    """
    network = Network.objects.select_for_update().filter(code=code).first()
    if network is None:
        raise NoSuchNetwork(errors={"network": [code]})
    return network


@transaction.atomic
def add_elements(
    *, network_code: str, nodes: Sequence[NodeRow] = (), links: Sequence[LinkRow] = ()
) -> Written:
    """Add nodes and links (positions in EPSG:4326) to a network; those already there as given are left alone.

    Raises:
        NoSuchNetwork: there is no such network.
        UnknownElements: a link ends at no node of the network.
    """
    network = locked_network(network_code)
    added = write_nodes(network, [replace(node, synthetic=True) for node in nodes])
    joined = write_links(network, [replace(link, synthetic=True) for link in links])
    if added.changed or joined.changed:
        touch_topology(network)
    return added + joined


@transaction.atomic
def insert_valves(*, network_code: str, placements: Sequence[ValvePlacement]) -> Written:
    """Cut an operable, open valve into each pipe named; a valve already there is left alone.

    The pipe keeps its code and the rest of its line. What the valve takes of its length becomes the
    valve's, so that the total stays; and since the pipe now counts as edited, importing its file again does
    not undo it.

    Raises:
        NoSuchNetwork: there is no such network.
        UnknownElements: there is no such pipe, or it does not end at that node.
    """
    network = locked_network(network_code)
    there = set(
        Link.objects.filter(network=network, kind=LinkKind.VALVE.value).values_list("code", flat=True)
    )
    wanted = [placement for placement in placements if placement.code not in there]
    if not wanted:
        return Written(unchanged=len(placements))
    pipes = Link.objects.filter(network=network, kind=LinkKind.PIPE.value, code__in={p.pipe for p in wanted})
    pipes_by_code = {pipe.code: pipe for pipe in pipes.select_related("start_node", "end_node")}
    cuts = [_cut(pipes_by_code, placement) for placement in wanted]
    write_nodes(network, [node for node, _, _ in cuts])
    write_links(network, [valve for _, valve, _ in cuts])
    _reattach(
        network, {placement.node_code: pipe for placement, (_, _, pipe) in zip(wanted, cuts, strict=True)}
    )
    touch_topology(network)
    return Written(created=len(wanted), unchanged=len(placements) - len(wanted))


def _cut(pipes: dict[str, Link], placement: ValvePlacement) -> tuple[NodeRow, LinkRow, tuple[Link, bool]]:
    """Shorten the pipe in memory; return the new junction, the valve, and the pipe with its moved end."""
    pipe = pipes.get(placement.pipe)
    if pipe is None or placement.node not in {pipe.start_node.code, pipe.end_node.code}:
        raise UnknownElements(errors={placement.code: [placement.pipe, placement.node]})
    at_start = pipe.start_node.code == placement.node
    end = pipe.start_node if at_start else pipe.end_node
    plane = project([(x, y) for x, y, *_ in pipe.geom.coords], WGS84, PLACE_CRS)
    whole = line_length(plane)
    distance = min(placement.distance_m, LONGEST_SHARE * whole)
    near, rest = cut(plane if at_start else plane[::-1], distance)
    stub, kept = project(near, PLACE_CRS, WGS84), project(rest, PLACE_CRS, WGS84)
    taken = pipe.length_m * distance / whole if whole else 0.0
    pipe.length_m = round(pipe.length_m - taken, 3)
    pipe.geom = LineString(kept if at_start else kept[::-1], srid=4326)
    junction = NodeRow(
        placement.node_code, NodeKind.JUNCTION.value, stub[-1], elevation_m=end.elevation_m, synthetic=True
    )
    return junction, _valve(placement, pipe, end, junction, tuple(stub), taken), (pipe, at_start)


def _valve(
    placement: ValvePlacement,
    pipe: Link,
    end: Node,
    junction: NodeRow,
    line: tuple[Position, ...],
    length_m: float,
) -> LinkRow:
    return LinkRow(
        code=placement.code,
        kind=LinkKind.VALVE.value,
        start=(end.kind, end.code),
        end=junction.key,
        line=line,
        length_m=round(length_m, 3),
        diameter_mm=pipe.diameter_mm,
        operable=True,
        attributes={"pipe": pipe.code},
        synthetic=True,
    )


def _reattach(network: Network, moved: dict[str, tuple[Link, bool]]) -> None:
    """Join each shortened pipe to its new junction."""
    ids = dict(Node.objects.filter(network=network, code__in=moved).values_list("code", "pk"))
    pipes: dict[int, Link] = {}
    for junction, (pipe, at_start) in moved.items():
        if at_start:
            pipe.start_node_id = ids[junction]
        else:
            pipe.end_node_id = ids[junction]
        pipes[pipe.pk] = pipe
    for pipe in pipes.values():
        pipe.version += 1
    Link.objects.bulk_update(
        pipes.values(), ["start_node", "end_node", "geom", "length_m", "version"], batch_size=500
    )
