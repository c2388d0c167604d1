"""Run a trace: find the place, ask the graph, add names, places, customers and words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from hashlib import blake2b

import numpy as np
from django.utils.translation import gettext

from gis.domain import flow, isolation, paths
from gis.domain.arrays import among
from gis.domain.graph import LINK_KINDS, NODE_KINDS, STATES, NetworkGraph, Part, UnknownElementError
from gis.domain.rows import Key
from gis.domain.warnings import Warned
from gis.errors import NoSuchElement
from gis.models import ConnectionPoint, Link, Node
from gis.queries.elements import element_places
from gis.queries.topology import KnownNetwork, network_graph
from gis.queries.traces import words
from gis.queries.traces.answers import (
    IsolationTrace,
    SupplyGroup,
    Trace,
    TracedElement,
    TracedSegment,
    TracedValve,
)
from gis.queries.traces.before import as_it_stood
from gis.queries.traces.customers import EVERYONE, Reader, count_points
from gis.queries.traces.finding import Finding

POINT = "connection_point"
CONNECTION_POINT = frozenset({POINT, "connection-point"})
LONGEST_KEY = 60
TRACE_KINDS = (
    "connected",
    "upstream",
    "downstream",
    "shortest-path",
    "isolation",
    "segments",
    "common-upstream",
)

DIRECTED: dict[str, Callable[[NetworkGraph, Part], flow.Directed]] = {
    "connected": flow.connected,
    "upstream": flow.upstream,
    "downstream": flow.downstream,
}


def directed_trace(
    network_code: str, trace_kind: str, kind: str, code: str, *, reader: Reader = EVERYONE
) -> Trace:
    """Trace what is connected, upstream or downstream of an element in the present states.

    Raises:
        NoSuchNetwork, NoSuchElement: the place is unknown.
    """
    known, start = _start(network_code, (kind, code))
    found = DIRECTED[trace_kind](known.graph, start)
    finding = Finding(known, trace_kind, {"traced": found.part}, found.warnings, reader)
    sources = known.graph.sources[among(known.graph.sources, found.part.nodes)]
    said = (
        ()
        if Warned.NOT_SUPPLIED in found.warnings
        else words.of_ways(trace_kind, finding.counts, known.graph.node_codes(sources))
    )
    return finding.told(Trace, explanation=said)


def shortest_path_trace(network_code: str, start: Key, end: Key, *, reader: Reader = EVERYONE) -> Trace:
    """Find the shortest way by length between two elements along what conducts.

    Raises:
        NoSuchNetwork, NoSuchElement: a place is unknown.
    """
    known, place = _start(network_code, start)
    # In the same graph: a newer one may have other positions.
    found = paths.shortest_path(known.graph, place, _place(known, end))
    finding = Finding(known, "shortest-path", {"traced": found.part}, found.warnings, reader)
    return finding.told(Trace, explanation=words.of_path(finding.counts) if len(found.part) else ())


def common_upstream_trace(
    network_code: str,
    places: Sequence[Key],
    *,
    before: datetime | None = None,
    reader: Reader = EVERYONE,
) -> Trace:
    """Find what feeds every one of some elements, and the nearest one that all of them hang on.

    Args:
        before: look at the network as its switches stood at this recent instant; as they stand, unless told.

    Raises:
        NoSuchNetwork, NoSuchElement: a place is unknown.
    """
    known = network_graph(network_code)
    known = as_it_stood(known, before) if before else known
    found = flow.common_upstream(known.graph, _places(known, places))
    finding = Finding(known, "common-upstream", {"traced": found.part}, found.warnings, reader)
    nearest = _nearest(known, found.nearest)
    return finding.told(Trace, nearest=nearest, explanation=words.of_common(len(places), nearest))


def segments_trace(network_code: str, kind: str, code: str, *, reader: Reader = EVERYONE) -> Trace:
    """Find the smallest part that can be cut off at an element, and those beside it.

    Raises:
        NoSuchNetwork, NoSuchElement: the place is unknown.
    """
    known, start = _start(network_code, (kind, code))
    found = isolation.segments(known.graph, start)
    own = [one for one in found if not len(one.through)]
    beside = [one for one in found if len(one.through)]
    parts = {"segment": _together(own), "beside": _together(beside)}
    finding = Finding(known, "segments", parts, (), reader)
    boundary = np.unique(np.concatenate([one.boundary for one in own]))
    listed = [] if Warned.TOO_LARGE in finding.warned else _segments(known, found)
    return finding.told(
        Trace,
        segments=tuple(listed),
        valves=_valves(known, {"boundary": boundary}),
        segment_key=f"{network_code}/{own[0].key}",
        explanation=words.of_segments(listed),
    )


def isolation_trace(
    network_code: str,
    kind: str,
    code: str,
    options: dict[str, object] | None = None,
    *,
    reader: Reader = EVERYONE,
) -> IsolationTrace:
    """Find the valves (or switches) that cut an element off, and who loses supply.

    `options["skip"]` lists kinds and codes of those that cannot be used: `[("valve", "valve-12")]`.

    Raises:
        NoSuchNetwork, NoSuchElement: the place is unknown, or one of those to skip: a plan that closes a
            valve which cannot be used is worse than none.
    """
    known, start = _start(network_code, (kind, code))
    skip: Collection[Key] = (options or {}).get("skip", ())  # type: ignore[assignment]
    if missing := [" ".join(key) for key in skip if not len(known.graph.find_links([key]))]:
        raise NoSuchElement(errors={"skip": missing})
    found = isolation.isolate(known.graph, start, skip=skip)
    parts = {"isolated": found.isolated, "cut_off": found.cut_off}
    finding = Finding(known, "isolation", parts, found.warnings, reader)
    valves = _valves(known, {"close": found.close, "already_closed": found.already_closed}, found.feeding)
    isolated_m = float(known.graph.links["length_m"][found.isolated.links].sum())
    behind = len(found.cut_off.nodes)
    return finding.told(
        IsolationTrace,
        valves=valves,
        segment_key=f"{network_code}/{found.segment_key}",
        explanation=words.of_isolation(known.utility, valves, finding.counts, isolated_m, behind),
    )


def supply_group(network_code: str, kind: str, code: str) -> SupplyGroup | None:
    """Say what an element shares its supply with, or None if there is no such element."""
    try:
        known, start = _start(network_code, (kind, code))
    except NoSuchElement:
        return None
    group = isolation.supply_group(known.graph, start)
    name = group.key
    if len(name) > LONGEST_KEY:
        name = blake2b(name.encode(), digest_size=12).hexdigest()
    said = gettext("Transformer %(code)s") if group.kind == "transformer" else gettext("Segment of %(code)s")
    label = said % {"code": group.key.removeprefix("transformer-")}
    return SupplyGroup(f"{network_code}/{group.kind}/{name}", group.kind, network_code, label)


def _start(network_code: str, place: Key) -> tuple[KnownNetwork, Part]:
    known = network_graph(network_code)
    return known, _place(known, place)


def _place(known: KnownNetwork, place: Key) -> Part:
    return _places(known, [place])[0]


def _places(known: KnownNetwork, places: Sequence[Key]) -> list[Part]:
    """Find elements in the graph, in one query a table; a connection point is where it hangs.

    Raises:
        NoSuchElement: one of them is not there.
    """
    stored = _on_graph(known, places)
    try:
        return [
            known.graph.at_link(pk) if is_link else known.graph.at_node(pk)
            for is_link, pk in (stored[_named(place)] for place in places)
        ]
    except (KeyError, UnknownElementError) as error:
        raise NoSuchElement from error


def _on_graph(known: KnownNetwork, places: Sequence[Key]) -> dict[Key, tuple[bool, int]]:
    """Return the link or node of each place that there is: whether it is a link, and its id."""
    found: dict[Key, tuple[bool, int]] = {}
    tables: tuple[tuple[type[Node | Link], bool], ...] = ((Node, False), (Link, True))
    for model, is_link in tables:
        kinds = LINK_KINDS if is_link else NODE_KINDS
        codes = {code for kind, code in places if kind in kinds}
        rows = model.objects.filter(network_id=known.id, code__in=codes) if codes else model.objects.none()
        found |= {(kind, code): (is_link, pk) for kind, code, pk in rows.values_list("kind", "code", "pk")}
    hanging = {code for kind, code in places if kind in CONNECTION_POINT}
    points = ConnectionPoint.objects.filter(network_id=known.id, code__in=hanging)
    if hanging:
        for code, link, node in points.values_list("code", "link_id", "node_id"):
            if link or node:
                found[POINT, code] = (True, link) if link else (False, node)
    return found


def _named(place: Key) -> Key:
    return (POINT, place[1]) if place[0] in CONNECTION_POINT else place


def _valves(
    known: KnownNetwork, roles: dict[str, np.ndarray], feeding: np.ndarray | None = None
) -> tuple[TracedValve, ...]:
    links, codes = known.graph.links, known.graph.link_codes(np.concatenate(list(roles.values())))
    places = {place.id: place for place in element_places(network=known.code, table="link", codes=codes)}
    fed = set() if feeding is None else set(feeding.tolist())
    found = []
    for role, position in (
        (role, int(position)) for role, positions in roles.items() for position in positions
    ):
        pk, kind, state = int(links["id"][position]), links["kind"][position], known.graph.state[position]
        code, place = links["code"][position].decode(), places.get(pk)
        if place is None:
            continue  # Removed since the graph was read.
        found.append(
            TracedValve(
                pk, LINK_KINDS[kind], code, STATES[state], role, place.lon, place.lat, position in fed
            )
        )
    order = {"close": 0, "boundary": 0, "already_closed": 1}
    return tuple(sorted(found, key=lambda one: (order[one.role], not one.feeds, len(one.code), one.code)))


def _segments(known: KnownNetwork, found: Sequence[isolation.Segment]) -> list[TracedSegment]:
    counted = count_points(known, [one.part for one in found])
    lengths = known.graph.links["length_m"]
    told = [
        TracedSegment(
            f"{known.code}/{one.key}",
            "beside" if len(one.through) else "segment",
            len(one.part.nodes),
            round(float(lengths[one.part.links].sum()), 1),
            points,
            tuple(known.graph.link_codes(one.through)),
        )
        for one, points in zip(found, counted, strict=True)
    ]
    return sorted(told, key=lambda one: (one.role != "segment", one.connection_points, one.key))


def _nearest(known: KnownNetwork, part: Part | None) -> TracedElement | None:
    if part is None:
        return None
    graph, is_link = known.graph, bool(len(part.links))
    rows, kinds = (graph.links, LINK_KINDS) if is_link else (graph.nodes, NODE_KINDS)
    row = rows[(part.links if is_link else part.nodes)[0]]
    return TracedElement(int(row["id"]), kinds[row["kind"]], row["code"].decode(), "nearest")


def _together(found: Sequence[isolation.Segment]) -> Part:
    joined = Part.of()
    for one in found:
        joined |= one.part
    return joined
