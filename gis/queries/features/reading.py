"""One feature, and pages of features by keyset: a page costs the same wherever it lies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from backend.core import clock
from backend.core.queries.users import is_staff_member
from gis.domain import cql2
from gis.domain.crs import CRS84, Crs
from gis.models.scoping import areas_of
from gis.queries.features.collections import Collection, Interval
from gis.queries.features.conditions import box_condition, filter_condition
from gis.queries.features.extents import exact_count
from gis.queries.features.geojson import feature_text
from gis.queries.search import Viewer


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a collection. `after` is the id of the last feature of the page before."""

    limit: int = 10
    after: int = 0
    crs: Crs = CRS84
    box: Sequence[float] | None = None
    box_crs: Crs = CRS84
    moments: Interval | None = None
    filter: cql2.Node | None = None
    filter_crs: Crs = CRS84

    @property
    def is_whole(self) -> bool:
        """Whether every feature is asked for."""
        return self.box is None and self.filter is None and self.moments is None


@dataclass(frozen=True, slots=True)
class Page:
    """Features as GeoJSON text; `last` is where the next page starts, None on the last one.

    `matched` is how many features the whole answer has where that is known exactly.
    """

    features: list[str] = field(default_factory=list)
    last: int | None = None
    matched: int | None = None


def page(collection: Collection, question: Question, user: Viewer) -> Page:
    """Read a page of what `user` may see.

    Raises:
        UnusableFilter: the filter makes no sense for this collection.
    """
    asked = _asked(collection, question, user).filter(pk__gt=question.after).order_by("pk")
    # Which ones first: what only their text needs is then joined to those of the page alone.
    ids = asked.values("pk")[: question.limit + 1]
    found = _written(collection.model._default_manager.filter(pk__in=ids), collection, question.crs, user)
    with _alone():
        read = list(found.order_by("pk").values_list("pk", "written"))
    kept = read[: question.limit]
    last = kept[-1][0] if len(read) > len(kept) else None
    return Page([text for _pk, text in kept], last, _matched(collection, question, user, len(kept), last))


def feature(collection: Collection, pk: int, crs: Crs, user: Viewer) -> str | None:
    """Read one feature as GeoJSON text; None: there is none, or none that `user` may see."""
    rows = _written(collection.rows(user), collection, crs, user).filter(pk=pk)
    return rows.values_list("written", flat=True).first()


@contextmanager
def _alone() -> Iterator[None]:
    """Read in one process of the database: a page ends long before a second one has started to help."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        yield


def _asked(collection: Collection, question: Question, user: Viewer) -> QuerySet[Any]:
    condition = Q()
    if question.box is not None:
        condition &= box_condition(question.box, question.box_crs)
    if question.filter is not None:
        condition &= filter_condition(question.filter, collection, question.filter_crs)
    if collection.interval:
        condition &= _in_force(collection.interval, question.moments)
    return collection.rows(user).filter(condition)


def _in_force(column: str, moments: Interval | None) -> Q:
    """Keep what is in force at some time of an interval whose ends belong to it; now, unless told."""
    if moments is None:
        return Q(**{f"{column}__contains": clock.now()})
    start, end = moments
    begun = Q(**{f"{column}__startswith__lte": end}) | Q(**{f"{column}__startswith": None}) if end else Q()
    lasting = Q(**{f"{column}__endswith__gt": start}) | Q(**{f"{column}__endswith": None}) if start else Q()
    return begun & lasting


def _written(rows: QuerySet[Any], collection: Collection, crs: Crs, user: Viewer) -> QuerySet[Any]:
    coarse = collection.is_public and not is_staff_member(user)
    return rows.annotate(written=feature_text(collection, crs, coarse=coarse))


def _matched(
    collection: Collection, question: Question, user: Viewer, read: int, last: int | None
) -> int | None:
    """Tell the number of matches where it is known: all on one page, or a whole table that one may see."""
    if last is None and not question.after:
        return read
    if question.is_whole and not collection.interval and areas_of(user) is None:
        return exact_count(collection)
    return None
