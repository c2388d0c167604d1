"""Part a network into the areas that its own devices bound.

A flood fill from the sources goes through what lets through and ends at the border: closed valves and open
switches, which let nothing through, and the devices given, which do: those that set or measure what enters an
area. Areas, nodes and links are positions in the list of areas and in the graph.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gis.domain.arrays import Bools, Ints
from gis.domain.graph import NetworkGraph
from gis.domain.sparse import arcs, breadth_first


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a network: what feeds it, what is shut around it, and the sources within.

    `distance` counts the areas between it and a source: 0 holds one, None is reached from none.
    """

    nodes: Ints
    inlets: Ints
    closed: Ints
    sources: Ints
    distance: int | None


def areas(graph: NetworkGraph, borders: Bools) -> list[Area]:
    """Return the areas of a network that the links of a mask and those that are shut part from each other.

    Every node lies in exactly one.
    """
    label = graph.parts(graph.conducts & ~borders)
    count = int(label.max(initial=-1)) + 1
    start, end = label[graph.start], label[graph.end]
    inlets = np.flatnonzero(graph.conducts & (start != end))
    both_ways = inlets[~graph.one_way[inlets]]
    shut = np.flatnonzero(~graph.conducts & (start != end))
    feeds = np.concatenate([end[inlets], start[both_ways]])
    fed_from = np.concatenate([start[inlets], end[both_ways]])
    columns = zip(
        _grouped(label, np.arange(len(label)), count),
        _grouped(feeds, np.concatenate([inlets, both_ways]), count),
        _grouped(np.concatenate([start[shut], end[shut]]), np.concatenate([shut, shut]), count),
        _grouped(label[graph.sources], graph.sources, count),
        _distances(count, fed_from, feeds, label[graph.sources]),
        strict=True,
    )
    return [Area(*column) for column in columns]


def _distances(count: int, start: Ints, end: Ints, sources: Ints) -> list[int | None]:
    """Count the areas between each area and the nearest one with a source."""
    starts = np.concatenate([start, np.full(len(sources), count)])
    ends = np.concatenate([end, sources])
    order, before = breadth_first(arcs(count + 1, starts, ends), count)
    depth = np.zeros(count + 1, dtype=np.int64)
    for area in order[1:]:
        depth[area] = depth[before[area]] + 1
    return [int(found) - 1 if found else None for found in depth[:count]]


def _grouped(label: Ints, values: Ints, count: int) -> list[Ints]:
    """List the values of each label, ascending."""
    order = np.lexsort((values, label))
    cuts = np.searchsorted(label[order], np.arange(1, count))
    return list(np.split(values[order], cuts)) if count else []
