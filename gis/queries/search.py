"""One search box over codes, names and addresses; apps above add theirs with `register_search`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon

from backend.core.models import User
from gis.models.scoping import areas_of

SHORTEST = 2
LONGEST = 80
Viewer = User | AnonymousUser | None


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Something found. `rank` 0: its code begins with the words; higher ranks come later.

    `match` says why it was found: by its `code`, an old `reference` (then named), its `words`, a `part` of
    its code, or words `near` to those asked.
    """

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
    match: str = "code"
    reference: str = ""


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What was found, best first; `complete` is false where looking further was given up."""

    hits: tuple[SearchHit, ...]
    complete: bool = True


Provider = Callable[[str, Viewer, int], list[SearchHit]]
"""Given the words, who asks and how many at most; returns what that person may see."""

_providers: dict[str, Provider] = {}


def register_search(name: str, provider: Provider) -> None:
    """Add a provider to the search; the same name again replaces it."""
    _providers[name] = provider


def search(words: str, user: Viewer, limit: int = 20) -> SearchAnswer:
    """Find what the words name: beginnings of codes, then names and addresses, then what is like them."""
    from gis.queries.search_elements import find_elements

    words = " ".join(words.split())[:LONGEST]
    if len(words) < SHORTEST:
        return SearchAnswer(())
    elements = find_elements(words, user, limit)
    others = [hit for provider in _providers.values() for hit in provider(words, user, limit)]
    best = sorted([*elements.hits, *others], key=lambda hit: (hit.rank, len(hit.code), hit.code))
    return SearchAnswer(tuple(best[:limit]), elements.complete)


def scope(user: Viewer) -> dict[str, Any]:
    """Return SQL parameters for what a person may see: `everywhere`, and `area` (EPSG:4326) otherwise."""
    areas = areas_of(user)
    return {"everywhere": areas is None, "area": None if not areas else _together(areas).hexewkb.decode()}


def _together(areas: list[Any]) -> GEOSGeometry:
    polygons = [polygon for area in areas for polygon in area]
    joined: GEOSGeometry = MultiPolygon(polygons, srid=4326).unary_union
    joined.srid = 4326
    return joined
