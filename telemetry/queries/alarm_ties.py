"""Ask the networks how two sensors hang together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from backend.core import clock
from backend.core.errors import NotFound
from gis.queries import SupplyGroup, common_upstream_trace, shortest_path_trace, supply_group, zones_at
from telemetry.domain.alarm_groups import (
    FED_BY,
    FEEDS,
    NEAR,
    NEAR_M,
    SAME_DEVICE,
    SAME_SUPPLY,
    SAME_ZONE,
    Tie,
)
from telemetry.models import Sensor

Key = tuple[str, str]
DEVICES = frozenset({"transformer", "switch", "line"})


@dataclass(frozen=True)
class Place:
    """Say where a sensor sits on its network."""

    network: str
    utility: str
    key: Key
    lon_lat: tuple[float, float] | None

    @classmethod
    def of(cls, sensor: Sensor) -> Place | None:
        """Return the place of a sensor with its element; None where it sits on none."""
        element = sensor.node or sensor.link or sensor.connection_point
        if element is None:
            return None
        kind = getattr(element, "kind", "connection_point")
        lon_lat = (sensor.geom.x, sensor.geom.y) if sensor.geom else None
        return cls(element.network.code, element.network.utility, (kind, element.code), lon_lat)

    @cached_property
    def supply(self) -> SupplyGroup | None:
        """What the place shares its supply with."""
        return supply_group(self.network, *self.key)

    @cached_property
    def zones(self) -> dict[str, str]:
        """The metered areas the place lies in, by code, with their names."""
        if self.lon_lat is None:
            return {}
        zones = [zone for zone in zones_at(*self.lon_lat, clock.now()) if zone.kind == "dma"]
        return {zone.code: zone.name_fr for zone in zones}


def tie(new: Place, other: Place, *, before: datetime) -> Tie | None:
    """Say how two places hang together, the closest tie first; None where they do not.

    Water: one isolation segment, one metered area, or near by network distance. Electricity: one transformer,
    one feeds the other, or both hang on the same device.

    Args:
        before: an instant before the event: a breaker that tripped in it fed what it now leaves in the dark.
    """
    if new.network != other.network:
        return None
    if new.supply and other.supply and new.supply.key == other.supply.key:
        return Tie(SAME_SUPPLY, new.supply.key.rsplit("/", 1)[-1])
    return _electric_tie(new, other, before) if new.utility == "electricity" else _water_tie(new, other)


def _water_tie(new: Place, other: Place) -> Tie | None:
    if shared := sorted(new.zones.keys() & other.zones.keys()):
        return Tie(SAME_ZONE, shared[0])
    try:
        way = shortest_path_trace(new.network, new.key, other.key)
    except NotFound:
        return None
    found = bool(way.counts.nodes) and way.counts.length_m <= NEAR_M
    return Tie(NEAR, other.key[1], way.counts.length_m) if found else None


def _electric_tie(new: Place, other: Place, before: datetime) -> Tie | None:
    try:
        trace = common_upstream_trace(new.network, [new.key, other.key], before=before)
    except NotFound:
        return None
    nearest = trace.nearest
    if nearest is None or "not_supplied" in trace.warning_codes:
        return None
    if (nearest.kind, nearest.code) == new.key:
        return Tie(FEEDS, other.key[1])
    if (nearest.kind, nearest.code) == other.key:
        return Tie(FED_BY, other.key[1])
    return Tie(SAME_DEVICE, nearest.code) if nearest.kind in DEVICES else None
