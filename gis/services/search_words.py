"""Keep the words of addresses and names, so that a misspelt one finds those near to it."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Sum

from gis.models import LayerChange, SearchWord
from gis.statements import statement

LAYERS = ("connection-points", "links", "nodes", "zones", "words")
"""Whose changes bring words or take them away; `words` counts those of addresses and names alone."""
MARK = "search-words"
"""Under this name stands how many changes of the layers had been read."""
LOCK = "SELECT pg_advisory_xact_lock(hashtext('gis.search_words'))"


@transaction.atomic
def refresh_search_words() -> bool:
    """Read the words of all addresses and names anew where a layer changed since; return whether one did."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        now = _changes(*LAYERS)
        if now == _changes(MARK) and SearchWord.objects.exists():
            return False
        cursor.execute(statement(__file__, "refresh_search_words"))
    LayerChange.objects.filter(layer=MARK).delete()
    LayerChange.objects.create(layer=MARK, changes=now)
    return True


def _changes(*layers: str) -> int:
    return LayerChange.objects.filter(layer__in=layers).aggregate(sum=Sum("changes"))["sum"] or 0
