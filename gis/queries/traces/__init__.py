"""Traces by code, with what people need of each element found: its name, its place, its customers."""

from __future__ import annotations

from gis.queries.traces.answers import (
    IsolationTrace,
    StalePlace,
    SupplyGroup,
    Trace,
    TraceCounts,
    TracedElement,
    TracedPoint,
    TracedSegment,
    TracedValve,
)
from gis.queries.traces.customers import affected_points
from gis.queries.traces.running import (
    TRACE_KINDS,
    common_upstream_trace,
    directed_trace,
    isolation_trace,
    segments_trace,
    shortest_path_trace,
    supply_group,
)
from gis.queries.traces.words import WARNINGS

__all__ = [
    "TRACE_KINDS",
    "WARNINGS",
    "IsolationTrace",
    "StalePlace",
    "SupplyGroup",
    "Trace",
    "TraceCounts",
    "TracedElement",
    "TracedPoint",
    "TracedSegment",
    "TracedValve",
    "affected_points",
    "common_upstream_trace",
    "directed_trace",
    "isolation_trace",
    "segments_trace",
    "shortest_path_trace",
    "supply_group",
]
