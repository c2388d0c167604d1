"""Traces by code, with what people need of each element found: its name, its place, its customers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gis.domain import flow, isolation
from gis.domain.graph import NetworkGraph, Part, UnknownElementError
from gis.domain.rows import Key
from gis.domain.warnings import Warned
from gis.errors import NoSuchElement
from gis.models import ConnectionPoint
from gis.queries.elements import ElementPlace, element_places
from gis.queries.topology import KnownNetwork, network_graph

CONNECTION_POINT = frozenset({"connection_point", "connection-point"})
CRITICAL_FIRST = ("hospital", "dialysis", "school")
LONGEST_KEY = 60

DIRECTED: dict[str, Callable[[NetworkGraph, Part], flow.Directed]] = {
    "connected": flow.connected,
    "upstream": flow.upstream,
    "downstream": flow.downstream,
}

WARNINGS: dict[Warned, Promise] = {
    Warned.LOOPED: _("The network is looped here: topology alone cannot tell which way it flows."),
    Warned.NOT_SUPPLIED: _("No source feeds this place in the present states."),
    Warned.NO_BOUNDARY: _("Nothing that can be operated cuts this place off."),
    Warned.SKIPPED: _("Some valves or switches could not be used; the part to isolate is larger."),
    Warned.CONTAINS_SOURCE: _("The part to isolate holds a source: stop it as well."),
    Warned.TOO_LARGE: _("The part to isolate is very large; only its boundary is listed."),
}


@dataclass(frozen=True, slots=True)
class TracedElement:
    """A node or link found by a trace; `role` is isolated, cut_off, traced, close or already_closed."""

    id: int
    kind: str
    code: str
    role: str


@dataclass(frozen=True, slots=True)
class TracedValve:
    """A valve or switch to operate, and where it is."""

    id: int
    kind: str
    code: str
    state: str
    role: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class TracedPoint:
    """A connection point affected."""

    id: int
    code: str
    lon: float
    lat: float
    category: str
    critical_kind: str
    address: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What a trace found. Critical customers come first; warnings are in the reader's language."""

    network: str
    kind: str
    nodes: tuple[TracedElement, ...]
    links: tuple[TracedElement, ...]
    connection_points: tuple[TracedPoint, ...]
    warnings: tuple[str, ...]
    warning_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IsolationTrace(Trace):
    """Which valves or switches to close to cut a place off, and who is affected."""

    valves: tuple[TracedValve, ...]
    segment_key: str


@dataclass(frozen=True, slots=True)
class SupplyGroup:
    """What a place shares its supply with: same key, same isolation segment (or same transformer)."""

    key: str
    kind: str
    network: str
    label: str


def directed_trace(network_code: str, trace_kind: str, kind: str, code: str) -> Trace:
    """Trace what is connected, upstream or downstream of an element in the present states.

    Raises:
        NoSuchNetwork, NoSuchElement: the place is unknown.
    """
    known, start = _start(network_code, kind, code)
    found = DIRECTED[trace_kind](known.graph, start)
    part = found.part
    return Trace(
        network_code,
        trace_kind,
        _nodes(known.graph, part, "traced"),
        _links(known.graph, part, "traced"),
        affected_points(known.graph, part),
        *_explained(found.warnings),
    )


def isolation_trace(
    network_code: str, kind: str, code: str, options: dict[str, object] | None = None
) -> IsolationTrace:
    """Find the valves (or switches) that cut an element off, and who loses supply.

    `options["skip"]` lists kinds and codes of those that cannot be used: `[("valve", "valve-12")]`.

    Raises:
        NoSuchNetwork, NoSuchElement: the place is unknown.
    """
    known, start = _start(network_code, kind, code)
    skip: Iterable[Key] = (options or {}).get("skip", ())  # type: ignore[assignment]
    found = isolation.isolate(known.graph, start, skip=skip)
    parts = ((found.isolated, "isolated"), (found.cut_off, "cut_off"))
    affected = Part(found.isolated.nodes | found.cut_off.nodes, found.isolated.links | found.cut_off.links)
    listed = () if Warned.TOO_LARGE in found.warnings else parts
    return IsolationTrace(
        network_code,
        "isolation",
        tuple(node for part, role in listed for node in _nodes(known.graph, part, role)),
        tuple(link for part, role in listed for link in _links(known.graph, part, role)),
        affected_points(known.graph, affected),
        *_explained(found.warnings),
        valves=_valves(known, found),
        segment_key=f"{network_code}/{found.segment_key}",
    )


def supply_group(network_code: str, kind: str, code: str) -> SupplyGroup | None:
    """Say what an element shares its supply with, or None if there is no such element."""
    try:
        known, start = _start(network_code, kind, code)
    except NoSuchElement:
        return None
    group = isolation.supply_group(known.graph, start)
    name = group.key
    if len(name) > LONGEST_KEY:
        name = blake2b(name.encode(), digest_size=12).hexdigest()
    said = gettext("Transformer %(code)s") if group.kind == "transformer" else gettext("Segment of %(code)s")
    label = said % {"code": group.key.removeprefix("transformer-")}
    return SupplyGroup(f"{network_code}/{group.kind}/{name}", group.kind, network_code, label)


def affected_points(graph: NetworkGraph, part: Part) -> tuple[TracedPoint, ...]:
    """List the connection points that hang on a part of a network, critical customers first."""
    rows = _points_on(graph, part).values_list("pk", "code", "geom", "category", "critical_kind", "address")
    return tuple(TracedPoint(pk, code, geom.x, geom.y, *rest) for pk, code, geom, *rest in rows)


def _points_on(graph: NetworkGraph, part: Part) -> QuerySet[ConnectionPoint]:
    nodes = [graph.nodes[node].id for node in part.nodes]
    links = [graph.links[link].id for link in part.links]
    urgency = Case(
        *(When(critical_kind=kind, then=Value(rank)) for rank, kind in enumerate(CRITICAL_FIRST)),
        When(critical_kind="", then=Value(len(CRITICAL_FIRST) + 1)),
        default=Value(len(CRITICAL_FIRST)),
        output_field=IntegerField(),
    )
    hanging = Q(link_id__in=links) | Q(link=None, node_id__in=nodes)
    return ConnectionPoint.objects.filter(hanging).order_by(urgency, "code")


def _start(network_code: str, kind: str, code: str) -> tuple[KnownNetwork, Part]:
    known = network_graph(network_code)
    if kind in CONNECTION_POINT:
        point = ConnectionPoint.objects.filter(network_id=known.id, code=code)
        row = point.values_list("link__kind", "link__code", "node__kind", "node__code").first()
        if row is None or row[3] is None:
            raise NoSuchElement
        kind, code = (row[0], row[1]) if row[1] else (row[2], row[3])
    try:
        return known, known.graph.find(kind, code)
    except UnknownElementError as error:
        raise NoSuchElement from error


def _nodes(graph: NetworkGraph, part: Part, role: str) -> tuple[TracedElement, ...]:
    found = (graph.nodes[index] for index in sorted(part.nodes))
    return tuple(TracedElement(node.id, node.kind, node.code, role) for node in found)


def _links(graph: NetworkGraph, part: Part, role: str) -> tuple[TracedElement, ...]:
    found = (graph.links[index] for index in sorted(part.links))
    return tuple(TracedElement(link.id, link.kind, link.code, role) for link in found)


def _valves(known: KnownNetwork, found: isolation.Isolation) -> tuple[TracedValve, ...]:
    roles = dict.fromkeys(found.close, "close") | dict.fromkeys(found.already_closed, "already_closed")
    links = {known.graph.links[index].id: (known.graph.links[index], role) for index, role in roles.items()}
    codes = {link.code for link, _role in links.values()}
    places: dict[int, ElementPlace] = {
        place.id: place for place in element_places(network=known.code, table="link", codes=codes)
    }
    valves = (
        TracedValve(pk, link.kind, link.code, link.state, role, places[pk].lon, places[pk].lat)
        for pk, (link, role) in links.items()
    )
    return tuple(sorted(valves, key=lambda valve: (valve.role != "close", len(valve.code), valve.code)))


def _explained(warned: Iterable[Warned]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    codes = tuple(warned)
    return tuple(str(WARNINGS[code]) for code in codes), tuple(code.value for code in codes)
