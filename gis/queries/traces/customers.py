"""Who hangs on what a trace found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from django.db import connection

from gis.domain.arrays import among
from gis.domain.graph import Part
from gis.models.scoping import areas_of
from gis.queries.search import Viewer, scope
from gis.queries.topology import KnownNetwork
from gis.queries.traces.answers import TracedPoint
from gis.statements import statement

CRITICAL_FIRST = ["hospital", "dialysis", "school"]
EVERYONE: Literal["everyone"] = "everyone"
"""Stands for a reader who may see all: this platform itself."""

Reader = Viewer | Literal["everyone"]


def affected_points(known: KnownNetwork, part: Part, reader: Reader = EVERYONE) -> tuple[TracedPoint, ...]:
    """List the connection points that hang on a part of a network, critical customers first."""
    values = {
        "nodes": known.graph.nodes["id"][part.nodes].tolist(),
        "links": known.graph.links["id"][part.links].tolist(),
        "first": CRITICAL_FIRST,
        **_sight(reader),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, "affected_points"), values)
        return tuple(TracedPoint(*row) for row in cursor.fetchall())


def critical_points(known: KnownNetwork, part: Part, reader: Reader = EVERYONE) -> tuple[TracedPoint, ...]:
    """List the critical customers on a part, however large: there are never many in a network."""
    with connection.cursor() as cursor:
        values = {"network": known.id, "first": CRITICAL_FIRST, **_sight(reader)}
        cursor.execute(statement(__file__, "critical_points"), values)
        rows = cursor.fetchall()
    nodes, links = known.graph.nodes["id"][part.nodes], known.graph.links["id"][part.links]
    on_node = among(np.array([row[8] or 0 for row in rows], np.int64), nodes)
    on_link = among(np.array([row[9] or 0 for row in rows], np.int64), links)
    alone = np.array([row[9] is None for row in rows], bool)
    hanging = np.where(alone, on_node, on_link).tolist()
    return tuple(TracedPoint(*row[:8]) for row, found in zip(rows, hanging, strict=True) if found)


def count_points(known: KnownNetwork, parts: Sequence[Part]) -> list[int]:
    """Count the connection points on each of some parts."""
    values: dict[str, Any] = {}
    for name, rows in (("node", known.graph.nodes), ("link", known.graph.links)):
        members = [getattr(part, f"{name}s") for part in parts]
        values[f"{name}_segments"] = [at for at, found in enumerate(members) for _ in range(len(found))]
        values[f"{name}s"] = [pk for found in members for pk in rows["id"][found].tolist()]
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, "count_points"), values)
        counted = dict(cursor.fetchall())
    return [counted.get(at, 0) for at in range(len(parts))]


def _sight(reader: Reader) -> dict[str, Any]:
    if reader == EVERYONE:
        return {"everywhere": True, "area": None}
    seen = scope(reader)
    return seen if areas_of(reader) else {**seen, "area": None}
