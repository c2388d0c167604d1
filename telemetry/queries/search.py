"""Find devices and sensors by code or name in the platform's one search box."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Length

from gis.queries.search import SearchHit, Viewer
from telemetry.models import Device, Sensor
from telemetry.queries.sensors import ELEMENTS, element_of

_BEGINS, _HOLDS = 0, 2


def search_devices(words: str, user: Viewer, limit: int) -> list[SearchHit]:
    """Return devices whose code begins with the words, then those that hold them in code or name."""
    named = Q(code__icontains=words) | Q(name__icontains=words)
    found = Device.objects.visible_to(user).filter(named, active=True)
    return [_hit("device", one, one.name or one.family or one.code) for one in _best(found, words, limit)]


def search_sensors(words: str, user: Viewer, limit: int) -> list[SearchHit]:
    """Return sensors whose code begins with the words, then those that hold them in code or name."""
    named = Q(code__icontains=words) | Q(name_fr__icontains=words) | Q(name_ar__icontains=words)
    found = Sensor.objects.visible_to(user).filter(named, active=True, device__active=True)
    return [
        _hit("sensor", one, f"{one.name} · {one.code.partition('.')[0]}")
        for one in _best(found, words, limit)
    ]


def _best(found: QuerySet[Any], words: str, limit: int) -> QuerySet[Any]:
    rank = Case(When(code__istartswith=words, then=Value(_BEGINS)), default=Value(_HOLDS))
    best = found.annotate(rank=rank).order_by("rank", Length("code"), "code")
    return best.prefetch_related(*ELEMENTS)[:limit]


def _hit(kind: str, found: Any, label: str) -> SearchHit:
    geom = found.geom
    return SearchHit(
        kind=kind,
        code=found.code,
        label=label,
        lon=geom.x if geom else None,
        lat=geom.y if geom else None,
        network=element_of(found)["network"],
        rank=found.rank,
    )
