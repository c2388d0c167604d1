"""One search box over codes and names; apps above register what they add with `register_search`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection
from django.utils.translation import get_language

from backend.core.models import User
from gis.models.scoping import areas_of
from gis.statements import statement

SHORTEST = 2
LONGEST = 80
Viewer = User | AnonymousUser | None


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Something found. `rank` 0: its code or name begins with the words; higher ranks come later."""

    kind: str
    code: str
    label: str
    lon: float | None
    lat: float | None
    network: str | None = None
    utility: str | None = None
    url: str = ""
    rank: int = 0
    bbox: tuple[float, float, float, float] | None = None


Provider = Callable[[str, Viewer, int], list[SearchHit]]
"""Given the words, who asks and how many at most; returns what that person may see."""

_providers: dict[str, Provider] = {}


def register_search(name: str, provider: Provider) -> None:
    """Add a provider to the search; the same name again replaces it."""
    _providers[name] = provider


def search(words: str, user: Viewer, limit: int = 20) -> list[SearchHit]:
    """Find what begins with or holds `words`, beginnings first, shorter codes first."""
    words = " ".join(words.split())[:LONGEST]
    if len(words) < SHORTEST:
        return []
    hits = [hit for provider in _providers.values() for hit in provider(words, user, limit)]
    return sorted(hits, key=lambda hit: (hit.rank, len(hit.code), hit.code))[:limit]


def scope(user: Viewer) -> dict[str, Any]:
    """Return SQL parameters for what a person may see: `everywhere`, and `area` (EPSG:4326) otherwise."""
    areas = areas_of(user)
    return {"everywhere": areas is None, "area": None if not areas else _together(areas).hexewkb.decode()}


def _together(areas: list[Any]) -> GEOSGeometry:
    polygons = [polygon for area in areas for polygon in area]
    joined: GEOSGeometry = MultiPolygon(polygons, srid=4326).unary_union
    joined.srid = 4326
    return joined


def _elements(words: str, user: Viewer, limit: int) -> list[SearchHit]:
    """Search nodes, links, connection points (staff, where they may look) and zones (everyone)."""
    literal = words.lower().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    values = {"prefix": f"{literal}%", "anywhere": f"%{literal}%", "limit": limit, **scope(user)}
    arabic = (get_language() or "").startswith("ar")
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, "search_elements"), values)
        rows = cursor.fetchall()
    return [
        SearchHit(
            kind=kind,
            code=code,
            label=(name_ar if arabic else name_fr) or code,
            lon=lon,
            lat=lat,
            network=network,
            utility=utility,
            rank=rank,
            bbox=(west, south, east, north) if west is not None else None,
        )
        for rank, kind, code, name_fr, name_ar, network, utility, lon, lat, west, south, east, north in rows
    ]


register_search("elements", _elements)
