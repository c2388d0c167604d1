"""Find sensors by code or name in the platform's one search box."""

from __future__ import annotations

from django.db.models import Q

from gis.queries.search import SearchHit, Viewer
from telemetry.models import Sensor
from telemetry.queries.sensors import element_of


def search_sensors(words: str, user: Viewer, limit: int) -> list[SearchHit]:
    """Return sensors whose code begins with the words, then those that hold them in code or name."""
    found = Sensor.objects.visible_to(user).filter(active=True)
    named = Q(code__icontains=words) | Q(name_fr__icontains=words) | Q(name_ar__icontains=words)
    rows = found.filter(named).select_related("node__network", "link__network", "connection_point__network")
    lowered = words.lower()
    hits = [_hit(sensor, 0 if sensor.code.lower().startswith(lowered) else 2) for sensor in rows[: limit * 5]]
    return sorted(hits, key=lambda hit: (hit.rank, len(hit.code), hit.code))[:limit]


def _hit(sensor: Sensor, rank: int) -> SearchHit:
    geom = sensor.geom
    return SearchHit(
        kind="sensor",
        code=sensor.code,
        label=f"{sensor.name} · {sensor.code.partition('.')[0]}",
        lon=geom.x if geom else None,
        lat=geom.y if geom else None,
        network=element_of(sensor)["network"],
        rank=rank,
    )
