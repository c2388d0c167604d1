"""From positions in a graph to what a reader gets: counted whole, listed where that is of use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from gis.domain.graph import LINK_KINDS, NODE_KINDS, Part
from gis.domain.isolation import SEGMENT_LIMIT
from gis.domain.warnings import Warned
from gis.models import StaleArea
from gis.queries.topology import KnownNetwork
from gis.queries.traces.answers import StalePlace, Trace, TraceCounts, TracedElement, TracedPoint
from gis.queries.traces.customers import Reader, affected_points, critical_points
from gis.queries.traces.words import explained

Told = TypeVar("Told", bound=Trace)
WITHOUT_CUSTOMERS = frozenset({"upstream", "shortest-path", "common-upstream"})
"""Traces that tell of ways rather than of who is at their end."""

MOST_STALE = 50


@dataclass(frozen=True)
class Finding:
    """What a trace found, by role, as one reader may see it."""

    known: KnownNetwork
    kind: str
    parts: Mapping[str, Part]
    warnings: tuple[Warned, ...]
    reader: Reader

    @cached_property
    def whole(self) -> Part:
        joined = Part.of()
        for part in self.parts.values():
            joined |= part
        return joined

    @cached_property
    def warned(self) -> tuple[Warned, ...]:
        more = []
        if max(len(self.whole.nodes), len(self.whole.links)) > SEGMENT_LIMIT:
            more.append(Warned.TOO_LARGE)
        if self._stale.any():
            more.append(Warned.STALE)
        return (*self.warnings, *more)

    @cached_property
    def _stale(self) -> Any:
        return self.known.graph.stale[self.whole.links]

    @property
    def _affected(self) -> Part:
        """What loses supply: of segments, only the one asked for."""
        return self.parts["segment"] if self.kind == "segments" else self.whole

    @cached_property
    def points(self) -> tuple[TracedPoint, ...]:
        if self.kind in WITHOUT_CUSTOMERS:
            return ()
        if Warned.TOO_LARGE in self.warned and self.kind != "isolation":
            return critical_points(self.known, self._affected, self.reader)
        return affected_points(self.known, self._affected, self.reader)

    @cached_property
    def counts(self) -> TraceCounts:
        lengths = self.known.graph.links["length_m"][self.whole.links]
        uncounted = Warned.TOO_LARGE in self.warned and self.kind != "isolation"
        return TraceCounts(
            nodes=len(self.whole.nodes),
            links=len(self.whole.links),
            length_m=round(float(lengths.sum(dtype=np.float64)), 1),
            connection_points=None if uncounted else len(self.points),
            critical=sum(1 for point in self.points if point.critical_kind),
        )

    def told(self, kind: type[Told], **more: Any) -> Told:
        """Return what the reader gets; a part too large to list is counted only."""
        listed = {} if Warned.TOO_LARGE in self.warned else self.parts
        said, codes = explained(self.warned)
        return kind(
            network=self.known.code,
            kind=self.kind,
            nodes=tuple(node for role, part in listed.items() for node in self._nodes(part, role)),
            links=tuple(link for role, part in listed.items() for link in self._links(part, role)),
            connection_points=tuple(point for point in self.points if point.is_visible),
            warnings=said,
            warning_codes=codes,
            counts=self.counts,
            stale_areas=self._stale_areas(),
            topology_version=self.known.version,
            **more,
        )

    def _nodes(self, part: Part, role: str) -> Iterator[TracedElement]:
        rows = self.known.graph.nodes[part.nodes]
        for pk, kind, code in zip(*(rows[name].tolist() for name in ("id", "kind", "code")), strict=True):
            yield TracedElement(pk, NODE_KINDS[kind], code.decode(), role)

    def _links(self, part: Part, role: str) -> Iterator[TracedElement]:
        rows = self.known.graph.links[part.links]
        for pk, kind, code in zip(*(rows[name].tolist() for name in ("id", "kind", "code")), strict=True):
            yield TracedElement(pk, LINK_KINDS[kind], code.decode(), role)

    def _stale_areas(self) -> tuple[StalePlace, ...]:
        links = self.known.graph.links["id"][self.whole.links[self._stale]].tolist()
        areas = StaleArea.objects.filter(link__in=links[:MOST_STALE], settled_at=None).select_related("link")
        rows = areas.order_by("link_id").defer("link__geom", "link__geom_3857")
        return tuple(
            StalePlace(area.link.code, round(area.distance_m, 1), *area.geom.extent) for area in rows
        )
