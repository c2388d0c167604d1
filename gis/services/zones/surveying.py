"""Find the areas that a network's own devices bound, and draw them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import shapely
from django.db.models import FloatField, Func
from django.db.models.functions import Coalesce

from backend.core import clock
from gis.domain.arrays import Bools, Ints
from gis.domain.graph import NetworkGraph
from gis.domain.outlines import draw_outlines, inside
from gis.domain.partitioning import Area, areas
from gis.domain.rows import LinkKind
from gis.errors import UnknownElements
from gis.models import ConnectionPoint, Node, ZoneKind, ZoneMembership

BORDERS = {
    ZoneKind.DMA.value: (LinkKind.PRV, LinkKind.PUMP, LinkKind.CONTROL_VALVE),
    ZoneKind.TRANSFORMER.value: (LinkKind.TRANSFORMER,),
}
"""What ends an area of a kind although it lets through."""


@dataclass(frozen=True, slots=True)
class Surveyed:
    """An area, its outline (EPSG:4326) and how many connection points hang on it; `held` lie in the outline.

    `zone` is the zone in force of the kind that holds most of them, by id.
    """

    area: Area
    outline: shapely.MultiPolygon
    points: int
    held: int
    zone: int | None


@dataclass(frozen=True, slots=True)
class _Points:
    """Connection points in columns: their ids, places and the area each hangs on (-1: none)."""

    id: Ints
    place: np.ndarray
    area: Ints


def survey(
    graph: NetworkGraph, *, network_id: int, kind: str, borders: Collection[str] = (), fewest: int = 1
) -> list[Surveyed]:
    """Return the areas of a network on which at least `fewest` connection points hang, with their outlines.

    Args:
        kind: `dma` ends areas at valves that set what enters, `transformer` at transformers.
        borders: codes of further links at which areas end.

    Raises:
        UnknownElements: a border names no link.
    """
    found = areas(graph, graph.is_kind(*BORDERS[kind]) | _named(graph, borders))
    label = np.empty(len(graph.nodes), np.int64)
    for index, area in enumerate(found):
        label[area.nodes] = index
    points = _points(graph, network_id, label)
    counts = np.bincount(points.area[points.area >= 0], minlength=len(found))
    kept = [index for index, area in enumerate(found) if counts[index] >= fewest and _is_fed(area, kind)]
    if not kept:
        return []
    number = np.full(len(found), -1)
    number[kept] = np.arange(len(kept))
    outlines = _outlines(graph, network_id, number[label], points, number, len(kept))
    zones = _zones_of(points, kind, len(found))
    return [
        Surveyed(
            found[index],
            outline,
            int(counts[index]),
            int(inside(outline, points.place[points.area == index]).sum()),
            zones.get(index),
        )
        for index, outline in zip(kept, outlines, strict=True)
    ]


def _is_fed(area: Area, kind: str) -> bool:
    """A transformer area hangs on a transformer; any other is one wherever its water comes from."""
    return kind != ZoneKind.TRANSFORMER or len(area.inlets) > 0


def _named(graph: NetworkGraph, codes: Collection[str]) -> Bools:
    wanted = np.array(sorted(code.encode() for code in codes), dtype=graph.links["code"].dtype)
    if unknown := sorted(set(wanted.tolist()) - set(graph.links["code"].tolist())) if codes else []:
        raise UnknownElements(errors={"borders": [code.decode() for code in unknown]})
    return np.isin(graph.links["code"], wanted)


def _points(graph: NetworkGraph, network_id: int, label: Ints) -> _Points:
    rows = ConnectionPoint.objects.filter(network_id=network_id).order_by("pk")
    hangs = Coalesce("node_id", "link__start_node_id")
    found = list(rows.annotate(hangs=hangs, x=_x(), y=_y()).values_list("pk", "hangs", "x", "y"))
    columns = np.array([(pk, node or 0, x, y) for pk, node, x, y in found], dtype=float).reshape(-1, 4)
    ids, nodes = columns[:, 0].astype(np.int64), columns[:, 1].astype(np.int64)
    at = np.minimum(np.searchsorted(graph.nodes["id"], nodes), len(graph.nodes) - 1)
    known = graph.nodes["id"][at] == nodes
    return _Points(ids, columns[:, 2:], np.where(known, label[at], -1))


def _outlines(
    graph: NetworkGraph, network_id: int, group: Ints, points: _Points, number: Ints, count: int
) -> list[shapely.MultiPolygon]:
    """Draw the areas around their nodes and connection points."""
    rows = Node.objects.filter(network_id=network_id).order_by("pk").annotate(x=_x(), y=_y())
    nodes = np.array(list(rows.values_list("x", "y")), dtype=float).reshape(-1, 2)
    of = np.concatenate([group, np.where(points.area >= 0, number[points.area], -1)])
    places = np.concatenate([nodes, points.place])[of >= 0]
    return draw_outlines(places, of[of >= 0], count)


def _zones_of(points: _Points, kind: str, count: int) -> dict[int, int]:
    """Return by area the zone in force of a kind that holds most of its connection points."""
    held = ZoneMembership.objects.filter(zone_kind=kind, valid__contains=clock.now())
    rows = np.array(list(held.values_list("connection_point_id", "zone_id")), dtype=np.int64).reshape(-1, 2)
    mine = rows[np.isin(rows[:, 0], points.id)]
    area = points.area[np.searchsorted(points.id, mine[:, 0])]
    pairs, sizes = np.unique(np.column_stack([area, mine[:, 1]])[area >= 0], axis=0, return_counts=True)
    ordered = np.argsort(sizes, kind="stable")
    return {int(area): int(zone) for area, zone in pairs[ordered]}


def _x() -> Func:
    return Func("geom", function="ST_X", output_field=FloatField())


def _y() -> Func:
    return Func("geom", function="ST_Y", output_field=FloatField())
