"""The only readers of networks and zones for the apps above."""

from __future__ import annotations

from gis.models.scoping import overlapping_jurisdiction, within_jurisdiction
from gis.queries.elements import (
    ElementPlace,
    NearestElement,
    connection_points_by_code,
    connection_points_in,
    element_places,
    is_visible,
    nearest_element,
    network_code,
    unseen,
)
from gis.queries.memberships import connection_point_ids, memberships_overlapping
from gis.queries.search import SearchAnswer, SearchHit, register_search, search
from gis.queries.traces import (
    TRACE_KINDS,
    IsolationTrace,
    StalePlace,
    SupplyGroup,
    Trace,
    TraceCounts,
    TracedElement,
    TracedPoint,
    TracedSegment,
    TracedValve,
    common_upstream_trace,
    directed_trace,
    isolation_trace,
    segments_trace,
    shortest_path_trace,
    supply_group,
)
from gis.queries.zones import public_zones, zone_by_code, zones_at

__all__ = [
    "TRACE_KINDS",
    "ElementPlace",
    "IsolationTrace",
    "NearestElement",
    "SearchAnswer",
    "SearchHit",
    "StalePlace",
    "SupplyGroup",
    "Trace",
    "TraceCounts",
    "TracedElement",
    "TracedPoint",
    "TracedSegment",
    "TracedValve",
    "common_upstream_trace",
    "connection_point_ids",
    "connection_points_by_code",
    "connection_points_in",
    "directed_trace",
    "element_places",
    "is_visible",
    "isolation_trace",
    "memberships_overlapping",
    "nearest_element",
    "network_code",
    "overlapping_jurisdiction",
    "public_zones",
    "register_search",
    "search",
    "segments_trace",
    "shortest_path_trace",
    "supply_group",
    "unseen",
    "within_jurisdiction",
    "zone_by_code",
    "zones_at",
]
