"""Which valves or switches cut a place off, who loses supply by it, and what shares its supply.

Every trace visits a node once and follows stored ends only, never the drawing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import rustworkx as rx

from gis.domain.graph import NetworkGraph, Part
from gis.domain.rows import Key
from gis.domain.warnings import Warned

SEGMENT_LIMIT = 100_000
"""Nodes above which an isolated part is told by its boundary alone."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """The barriers to close, the part cut off on purpose, and what loses its supply besides."""

    close: frozenset[int]
    already_closed: frozenset[int]
    isolated: Part
    cut_off: Part
    segment_key: str
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """What a place shares its supply with: `kind` is segment or transformer."""

    key: str
    kind: str
    nodes: frozenset[int] = field(default_factory=frozenset, repr=False)


def isolate(graph: NetworkGraph, start: Part, *, skip: Iterable[Key] = ()) -> Isolation:
    """Find the operable barriers that cut `start` off without those of `skip` (inaccessible, broken)."""
    skipped = frozenset(skip)
    segments, boundary, passed = _segments_around(graph, start, skipped)
    nodes = frozenset(node for segment in segments for node in graph.segments[segment])
    warnings = [Warned.SKIPPED] if passed else []
    if not boundary:
        warnings.append(Warned.NO_BOUNDARY)
    if nodes & graph.sources:
        warnings.append(Warned.CONTAINS_SOURCE)
    if len(nodes) > SEGMENT_LIMIT:
        warnings.append(Warned.TOO_LARGE)
    isolated = Part(nodes, graph.links_within(nodes, structure=True) | passed | start.links)
    return Isolation(
        close=frozenset(link for link in boundary if graph.links[link].conducts),
        already_closed=frozenset(link for link in boundary if not graph.links[link].conducts),
        isolated=isolated,
        cut_off=_cut_off(graph, nodes),
        segment_key=graph.segment_key(segments),
        warnings=tuple(warnings),
    )


def supply_group(graph: NetworkGraph, start: Part) -> Group:
    """Find what a place shares its supply with: the transformer that feeds it, else its isolation segment."""
    if group := _transformer_group(graph, start):
        return group
    segments, _, _ = _segments_around(graph, start, frozenset())
    nodes = frozenset(node for segment in segments for node in graph.segments[segment])
    return Group(graph.segment_key(segments), "segment", nodes)


def _transformer_group(graph: NetworkGraph, start: Part) -> Group | None:
    """Group what conducts to a place without passing a transformer, named by those that feed it."""
    place = next(iter(start.nodes))
    for index in start.links:
        # A transformer belongs to what it feeds; an open switch to its first end.
        place = graph.ends[index][1 if index in graph.transformers else 0]
    nodes = frozenset(rx.node_connected_component(graph.below_transformers, place))
    feeding = sorted(graph.links[index].code for index in graph.transformers if graph.ends[index][1] in nodes)
    return Group("+".join(feeding), "transformer", nodes) if feeding else None


def _segments_around(
    graph: NetworkGraph, start: Part, skipped: frozenset[Key]
) -> tuple[set[int], frozenset[int], frozenset[int]]:
    """Gather segments from `start` through unusable barriers; return them, their boundary, what was passed.

    A barrier as the place itself (a broken valve) needs both its sides isolated.
    """
    unusable = {link for link in start.links if graph.links[link].is_barrier}
    segments: set[int] = set()
    passed: set[int] = set(unusable)
    waiting = [graph.segment_of[node] for node in start.nodes]
    while waiting:
        segment = waiting.pop()
        if segment in segments:
            continue
        segments.add(segment)
        for link in graph.boundary_of[segment]:
            if graph.links[link].key in skipped and graph.links[link].conducts:
                passed.add(link)
                waiting += [graph.segment_of[node] for node in graph.ends[link]]
    around = {link for segment in segments for link in graph.boundary_of[segment]} - passed
    boundary = {
        link for link in around if len({graph.segment_of[node] for node in graph.ends[link]} & segments) == 1
    }
    return segments, frozenset(boundary), frozenset(passed)


def _cut_off(graph: NetworkGraph, isolated: frozenset[int]) -> Part:
    """Find what was supplied and no longer is once the isolated nodes are gone."""
    kept = [index for index, ends in enumerate(graph.ends) if not isolated.intersection(ends)]
    after = graph.directed(kept, without=isolated)
    lost = graph.supplied - isolated - rx.descendants(after, graph.root)
    found = frozenset(lost)
    return Part(found, graph.links_within(found))
