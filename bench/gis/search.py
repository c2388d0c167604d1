"""Search at a million connection points: what people type, against trigrams over whole addresses."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from statistics import quantiles
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from backend.core import clock
from backend.core.models import Role, RoleAssignment, User
from gis.models import ConnectionPoint, ConnectionPointAlias, SearchWord, Zone
from gis.queries.search import search
from gis.services import assign_jurisdiction, refresh_search_words

SEED = 20261122
EACH = 40
TRIGRAMS = (
    "CREATE INDEX bench_address_trigrams ON gis_connectionpoint USING gin (gis_folded(address) gin_trgm_ops)"
)
LIKEST = """
SELECT id FROM gis_connectionpoint WHERE gis_folded(%(words)s) <%% gis_folded(address)
ORDER BY gis_folded(%(words)s) <<-> gis_folded(address) LIMIT 20
"""


def measure() -> dict[str, Any]:
    """Ask questions of every kind, as who sees everything and as who sees one district (milliseconds)."""
    if not SearchWord.objects.exists():
        refresh_search_words()
    with transaction.atomic(), connection.cursor() as cursor:
        figures = _figures(cursor)
        transaction.set_rollback(True)
    return figures


def _figures(cursor: Any) -> dict[str, Any]:
    asked = questions()
    chief, local = _people()
    everything = [words for of in asked.values() for words in of]
    figures = {
        "asked": len(everything),
        "ms": _timed(everything, lambda words: search(words, chief)),
        "ms_in_one_district": _timed(everything, lambda words: search(words, local)),
        "ms_by_kind": {kind: _timed(of, lambda words: search(words, chief)) for kind, of in asked.items()},
        "found": {kind: sum(bool(search(words, chief).hits) for words in of) for kind, of in asked.items()},
    }
    cursor.execute(TRIGRAMS)
    few = [*asked["address"][:10], *asked["misspelt"][:10]]
    figures["against"] = {
        "trigrams over whole addresses (ms)": _timed(few, lambda words: _likest(cursor, words)),
        "the same questions here (ms)": _timed(few, lambda words: search(words, chief)),
    }
    return figures


def questions() -> dict[str, list[str]]:
    """Return what people may type, drawn from the district itself."""
    chance = random.Random(SEED)
    largest = ConnectionPoint.objects.latest("pk").pk
    ids = chance.sample(range(1, largest), 8 * EACH)
    points = list(ConnectionPoint.objects.filter(pk__in=ids).only("code", "address").order_by("pk"))
    chance.shuffle(points)
    aliases = list(ConnectionPointAlias.objects.filter(connection_point__in=points)[:EACH])
    some = [points[number :: len(points) // EACH][:EACH] for number in range(5)]
    return {
        "code": [point.code for point in some[0]],
        "beginning": [point.code[: chance.randint(3, 7)] for point in some[1]],
        "part": [point.code[-5:] for point in some[2]],
        "reference": [alias.reference for alias in aliases] or [point.code for point in some[2]],
        "address": [_some_words(chance, point.address) for point in some[3]],
        "word": [chance.choice(_long(point.address)) for point in some[4]],
        "misspelt": [_misspelt(chance, point.address) for point in some[0]],
    }


def _some_words(chance: random.Random, address: str) -> str:
    words = address.split()
    return " ".join(chance.sample(words, min(len(words), chance.randint(2, 4))))


def _misspelt(chance: random.Random, address: str) -> str:
    """Leave a letter out of the longest word, or turn two around."""
    words = _long(address)
    word = max(words, key=len)
    place = chance.randrange(1, len(word) - 1)
    left_out = word[:place] + word[place + 1 :]
    turned = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return " ".join(chance.choice((left_out, turned)) if one == word else one for one in words)


def _long(address: str) -> list[str]:
    return [word for word in address.split() if len(word) > 3] or address.split()


def _people() -> tuple[User, User]:
    """Make someone who sees everything and someone who sees the first district."""
    chief = User.objects.create(username="bench-chief", is_superuser=True)
    local = User.objects.create(username="bench-local")
    RoleAssignment.objects.create(user=local, role=Role.DISPATCHER, valid=DateTimeTZRange(clock.now(), None))
    district = Zone.objects.filter(kind="district").order_by("code").first()
    assert district is not None
    assign_jurisdiction(user=local, zone_code=district.code)
    return chief, local


def _likest(cursor: Any, words: str) -> None:
    cursor.execute(LIKEST, {"words": words})
    cursor.fetchall()


def _timed(asked: Sequence[str], ask: Callable[[str], Any]) -> dict[str, float]:
    """Ask each question once to warm up and once for the figure."""
    taken = []
    for words in asked:
        ask(words)
        started = perf_counter()
        ask(words)
        taken.append((perf_counter() - started) * 1000)
    return {"p50": round(quantiles(taken, n=100)[49], 1), "p95": round(quantiles(taken, n=100)[94], 1)}
