"""From the parameters of a request to a question. What cannot be read is refused, never overlooked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from backend.core.domain.numbers import whole_number
from gis.domain import cql2
from gis.domain.crs import CRS84, Crs, box_corners, crs_named
from gis.domain.moments import parse_moments
from gis.queries.features import Collection, Property, Question

DEFAULT_LIMIT, MOST = 10, 10_000
PARAMETERS = frozenset(
    {"limit", "cursor", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "filter-crs"}
)
Read = TypeVar("Read")


def question(asked: QueryDict, collection: Collection) -> Question:
    """Read what is asked of a collection.

    Raises:
        ValidationError: names the parameter that cannot be used.
    """
    box_crs = asked_crs(asked, "bbox-crs")
    return Question(
        limit=_limit(asked.get("limit")),
        after=_after(asked.get("cursor")),
        crs=asked_crs(asked, "crs"),
        box=_read(
            asked, "bbox", lambda text: box_corners([float(part) for part in text.split(",")], box_crs)
        ),
        box_crs=box_crs,
        moments=_read(asked, "datetime", parse_moments),
        filter=_conditions(asked, collection),
        filter_crs=asked_crs(asked, "filter-crs"),
    )


def asked_crs(asked: QueryDict, name: str) -> Crs:
    """Return the coordinate system that a parameter names; CRS84 unless told."""
    text = asked.get(name)
    found = CRS84 if text is None else crs_named(text)
    if found is None:
        raise ValidationError({name: [_("This coordinate system is not among those of the collection.")]})
    return found


REFUSALS: dict[str, Callable[[], str]] = {
    "bbox": lambda: _("Enter four numbers, or six with heights: west,south,east,north."),
    "datetime": lambda: _("Enter an instant or an interval: 2026-01-01T00:00:00Z, 2026-01-01/.."),
}


def _read(asked: QueryDict, name: str, reader: Callable[[str], Read]) -> Read | None:
    text = asked.get(name)
    if text is None:
        return None
    try:
        return reader(text)
    except (ValueError, OverflowError):
        raise ValidationError({name: [REFUSALS[name]()]}) from None


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit()) or not text.strip("0"):
        raise ValidationError({"limit": [_("Enter a number of 1 or more.")]})
    return min(whole_number(text) or MOST, MOST)


def _after(text: str | None) -> int:
    after = 0 if text is None else whole_number(text)
    if after is None or not 0 <= after < 2**63:
        raise ValidationError({"cursor": [_("This is not a cursor of this list.")]})
    return after


def _conditions(asked: QueryDict, collection: Collection) -> cql2.Node | None:
    """Put the filter and the properties asked for by name together."""
    parts: list[cql2.Node] = []
    if asked.get("filter-lang", "cql2-text") != "cql2-text":
        raise ValidationError({"filter-lang": [_("Filters are read as cql2-text.")]})
    if (text := asked.get("filter")) is not None:
        try:
            parts.append(cql2.parse(text))
        except cql2.MalformedFilter as error:
            told = _("This filter cannot be read from character %(n)s on.") % {"n": error.position}
            raise ValidationError({"filter": [told]}) from None
    for name, one in collection.queryables.items():
        if (value := asked.get(name)) is not None:
            parts.append(cql2.Comparison("=", cql2.Property(name), _literal(one, value)))
    return cql2.And(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None


def _literal(one: Property, text: str) -> cql2.Literal:
    """Read a value by the type of its property."""
    readers: dict[str, Callable[[str], Any]] = {
        "boolean": {"true": True, "false": False}.__getitem__,
        "number": float,
        "date-time": lambda value: parse_moments(value)[0],
    }
    try:
        return cql2.Literal(readers.get(one.type, str)(text))
    except (ValueError, KeyError, OverflowError):
        raise ValidationError({one.name: [_("This is no value of this property.")]}) from None
