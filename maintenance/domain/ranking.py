"""Which technician to send first, by the rule a dispatcher would state."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A technician as ranking sees them. `lon`, `lat` in EPSG:4326, None when no place is known."""

    technician_id: int
    name: str
    has_skill: bool
    on_shift_until: datetime | None
    open_orders: int
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with the distance to the work."""

    candidate: Candidate
    distance_m: float | None


def rank(
    candidates: Iterable[Candidate], *, at: datetime, lon: float | None, lat: float | None
) -> list[Ranked]:
    """Keep those on shift with the skill, nearest first, then the least busy; unknown places come last."""
    ranked = [
        Ranked(candidate, _distance(candidate, lon, lat))
        for candidate in candidates
        if candidate.has_skill and candidate.on_shift_until is not None and candidate.on_shift_until > at
    ]
    return sorted(ranked, key=_order)


def _order(ranked: Ranked) -> tuple[bool, float, int, int]:
    distance = ranked.distance_m
    # Within the same hundred metres the less busy one goes.
    near = 0.0 if distance is None else round(distance / 100)
    return distance is None, near, ranked.candidate.open_orders, ranked.candidate.technician_id


def _distance(candidate: Candidate, lon: float | None, lat: float | None) -> float | None:
    if candidate.lon is None or candidate.lat is None or lon is None or lat is None:
        return None
    return haversine_m(candidate.lon, candidate.lat, lon, lat)


def haversine_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Return the great-circle distance in metres between two points in degrees (Sinnott 1984)."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half_phi, half_lambda = (phi_b - phi_a) / 2, math.radians(lon_b - lon_a) / 2
    a = math.sin(half_phi) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(a))
