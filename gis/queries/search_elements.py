"""Search elements and zones in steps, each while there is room: codes, words, parts of codes, misspelt words.

The first two read indexes from the words on. The others may have to read much to find little: they have a
time, and the answer says when it was up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import get_language

from gis.domain.words import asked_words, key, padded, question, spelt
from gis.queries.limits import TookTooLongError, time_limit
from gis.queries.search import SearchAnswer, SearchHit, Viewer, scope
from gis.statements import statement

PATIENCE_MS = 2_000
"""After which even codes and words are given up."""
EXTRAS_MS = 60
"""What parts of codes, and misspelt words, may each take."""
ORDERED_MS = 40
"""What reading codes in their order may take for those who see a part; then their part is read instead."""
SHORTEST_PART = 3
MATCHES = {0: "code", 1: "words", 2: "part", 3: "near"}


class Found(NamedTuple):
    """A row found: how well, in which table, its id, and the old reference that named it."""

    rank: int
    place: str
    id: int
    reference: str | None


@dataclass(slots=True)
class _Search:
    """One search on its way."""

    words: str
    limit: int
    everywhere: bool
    area: str | None
    found: dict[tuple[str, int], Found] = field(default_factory=dict)
    complete: bool = True

    @property
    def sees_elements(self) -> bool:
        return self.everywhere or self.area is not None

    @property
    def has_room(self) -> bool:
        return len(self.found) < self.limit

    def read(self, name: str, *, by: str = "", **values: Any) -> list[Found]:
        within = "TRUE" if self.everywhere else "ST_Intersects(geom, %(area)s::geometry)"
        sql = statement(__file__, name).replace("{within}", within).replace("{by}", by)
        with connection.cursor() as cursor:
            cursor.execute(sql, {"area": self.area, "limit": self.limit, **values})
            return [Found(*row) for row in cursor.fetchall()]

    def keep(self, rows: list[Found]) -> None:
        for row in rows:
            self.found.setdefault((row.place, row.id), row)


def find_elements(words: str, user: Viewer, limit: int) -> SearchAnswer:
    """Search nodes, links and connection points (staff, where they may look) and zones (everyone)."""
    search = _Search(words, limit, **scope(user))
    asked = asked_words(words)
    _zones(search, asked)
    if search.sees_elements:
        for step in (_codes, _names, _parts, _near):
            if search.has_room:
                step(search, asked)
    return SearchAnswer(tuple(_described(search)), search.complete)


def _zones(search: _Search, asked: tuple[str, ...]) -> None:
    search.keep(search.read("search_zones", beginning=_beginning(search.words), question=question(asked)))


def _codes(search: _Search, asked: tuple[str, ...]) -> None:
    """Read codes in their order; where one sees a part that this order leaves for late, read the part."""
    values: Any = {"beginning": _beginning(search.words), "padded": padded(search.words)}
    try:
        with time_limit(PATIENCE_MS if search.everywhere else ORDERED_MS):
            search.keep(search.read("search_codes", **values))
    except TookTooLongError:
        _in_time(search, PATIENCE_MS, "search_codes", by="length(code),", **values)


def _names(search: _Search, asked: tuple[str, ...]) -> None:
    if asked:
        _in_time(search, PATIENCE_MS, "search_words", question=question(asked))


def _parts(search: _Search, asked: tuple[str, ...]) -> None:
    if len(search.words) >= SHORTEST_PART:
        _in_time(search, EXTRAS_MS, "search_parts", anywhere=f"%{_literal(search.words)}%")


def _near(search: _Search, asked: tuple[str, ...]) -> None:
    """Where nothing was found as it is written, find what is spelt nearly so."""
    misspelt = spelt(asked)
    if search.found or not misspelt:
        return
    try:
        with time_limit(EXTRAS_MS), connection.cursor() as cursor:
            cursor.execute(statement(__file__, "near_words"), {"words": misspelt})
            near = dict(cursor.fetchall())
    except TookTooLongError:
        search.complete = False
        return
    if near:
        meant = question(asked, near)
        _in_time(search, EXTRAS_MS, "search_words", rank=3, question=meant)
        if search.has_room:
            rows = search.read("search_zones", beginning="", question=meant)
            search.keep([row._replace(rank=3) for row in rows])


def _in_time(search: _Search, ms: int, name: str, *, rank: int | None = None, **values: Any) -> None:
    try:
        with time_limit(ms):
            rows = search.read(name, **values)
    except TookTooLongError:
        search.complete = False
        return
    search.keep(rows if rank is None else [row._replace(rank=rank) for row in rows])


def _described(search: _Search) -> list[SearchHit]:
    if not search.found:
        return []
    ranks, places, ids, references = zip(*search.found.values(), strict=True)
    values = {"ranks": ranks, "places": places, "ids": ids, "references": references}
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, "describe_found"), {name: list(of) for name, of in values.items()})
        return [_hit(*row) for row in cursor.fetchall()]


def _hit(rank: int, place: str, reference: str | None, kind: str, code: str, *rest: Any) -> SearchHit:
    label, name_ar, network, utility, lon, lat, *box = rest
    arabic = (get_language() or "").startswith("ar")
    return SearchHit(
        kind=kind,
        code=code,
        label=(name_ar if arabic and name_ar else label) or code,
        lon=lon,
        lat=lat,
        network=network,
        utility=utility,
        rank=rank,
        bbox=(box[0], box[1], box[2], box[3]) if place == "zone" else None,
        match="reference" if reference else MATCHES[rank],
        reference=reference or "",
    )


def _beginning(words: str) -> str:
    return f"{_literal(key(words))}%" if key(words) else ""


def _literal(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
