"""Tie places to the networks, through `gis.queries`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gis import queries as gis

REACH_M = 300.0
"""Farther than this from any element, a place hangs on no segment or transformer."""

PREFERRED_ZONE = {"water": "dma", "electricity": "transformer"}


@dataclass(frozen=True, slots=True)
class Tie:
    """How a place hangs on a network: foreign keys ready to store, and its supply group."""

    network_id: int | None = None
    node_id: int | None = None
    link_id: int | None = None
    distance_m: float | None = None
    supply_group_key: str = ""
    supply_group_label: str = ""


def tie(lon: float, lat: float, *, utility: str) -> Tie:
    """Find the element nearest to a place (EPSG:4326) and what supplies it."""
    nearest = gis.nearest_element(lon, lat, utility=utility if utility in PREFERRED_ZONE else None)
    if nearest is None:
        return Tie()
    group = None
    if nearest.distance_m <= REACH_M:
        group = gis.supply_group(nearest.network, nearest.kind, nearest.code)
    return Tie(
        network_id=nearest.network_id,
        node_id=None if nearest.is_link else nearest.element_id,
        link_id=nearest.element_id if nearest.is_link else None,
        distance_m=nearest.distance_m,
        supply_group_key=group.key if group else "",
        supply_group_label=group.label if group else "",
    )


def zones_of(lon: float, lat: float, at: datetime, *, utility: str) -> tuple[list[Any], Any | None]:
    """Return every zone of a place, and the one it is known by: that of the utility, else the smallest."""
    zones = list(gis.zones_at(lon, lat, at))
    preferred = (zone for zone in zones if zone.kind == PREFERRED_ZONE.get(utility))
    return zones, next(preferred, zones[0] if zones else None)
