"""What was done to a zone: redrawn, split, ended, named; when, by whom, why, and where it lay before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib.gis.geos import MultiPolygon
from django.db import connection
from django.utils.dateparse import parse_datetime

from gis.domain.edits import Difference
from gis.errors import NoSuchZone
from gis.models import Zone, ZoneEvent
from gis.queries.history import people_of

TOLD = ("name_fr", "name_ar", "parent", "kind", "utility", "ended_at")
AREAS = """
SELECT ST_Area(ST_GeomFromEWKB(one.outline)::geography) / 1e6
FROM unnest(%s::bytea[]) WITH ORDINALITY AS one (outline, place) ORDER BY one.place
"""
A_PAGE = 10


@dataclass(frozen=True, slots=True)
class ZoneDeed:
    """One change of a zone. `at` is when it was recorded, `as_of` the instant from which it holds.

    `what` is redrawn, split, merged, closed, described or rehung; `by` is None where nobody asked for it.
    `before` and `after` are outlines (EPSG:4326) and `areas_km2` how large they are, None where the boundary
    stayed.
    """

    id: int
    at: datetime
    as_of: datetime | None
    version: int
    what: str
    by: str | None
    reason: str
    differences: tuple[Difference, ...]
    before: MultiPolygon | None
    after: MultiPolygon | None
    areas_km2: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class ZoneDeeds:
    """The changes of a zone, newest first; `earlier` is where the next page begins, None at the end."""

    changes: tuple[ZoneDeed, ...]
    earlier: int | None


def zone_changes(code: str, *, before: int | None = None, limit: int = A_PAGE) -> ZoneDeeds:
    """Return what was done to a zone, from the newest change or from before an event.

    Raises:
        NoSuchZone: there is none of this code.
    """
    zone = Zone.objects.filter(code=code).first()
    if zone is None:
        raise NoSuchZone
    events = ZoneEvent.objects.filter(pgh_obj_id=zone.pk, pgh_label="update").order_by("-pgh_id")
    newest = zone if before is None else events.filter(pgh_id=before).first() or zone
    rows = list((events if before is None else events.filter(pgh_id__lt=before))[: limit + 1])
    told = [newest, *rows[:limit]]
    names, codes = people_of(rows), _codes(told)
    pairs = pairwise(zip(told, _areas_km2(told), strict=True))
    deeds = tuple(
        _deed(old, new, names, codes, (area_before, area_after))
        for (new, area_after), (old, area_before) in pairs
    )
    return ZoneDeeds(deeds, rows[limit - 1].pgh_id if len(rows) > limit else None)


def _deed(
    old: Any, new: Any, names: dict[Any, str], codes: dict[int, str], areas: tuple[float, float]
) -> ZoneDeed:
    """Tell the change that made the row `new` of the row `old`, an event."""
    why = old.pgh_context or {}
    was, now = _told(old, codes), _told(new, codes)
    redrawn = not old.geom.equals_exact(new.geom)
    differences = tuple(
        Difference(field, was[field], now[field]) for field in TOLD if was[field] != now[field]
    )
    return ZoneDeed(
        id=old.pgh_id,
        at=old.pgh_created_at,
        as_of=parse_datetime(why["as_of"]) if "as_of" in why else None,
        version=new.version,
        what=why.get("deed") or _what(redrawn, {one.field for one in differences}),
        by=names.get(why.get("user")),
        reason=why.get("reason", ""),
        differences=differences,
        before=old.geom if redrawn else None,
        after=new.geom if redrawn else None,
        areas_km2=areas if redrawn else None,
    )


def _told(row: Any, codes: dict[int, str]) -> dict[str, Any]:
    return {
        "name_fr": row.name_fr,
        "name_ar": row.name_ar,
        "parent": codes.get(row.parent_id),
        "kind": row.kind,
        "utility": row.utility,
        "ended_at": row.valid.upper,
    }


def _what(redrawn: bool, fields: set[str]) -> str:
    """Name a change that nobody named when it was made."""
    if redrawn:
        return "redrawn"
    if "ended_at" in fields:
        return "closed"
    return "rehung" if fields == {"parent"} else "described"


def _codes(rows: Sequence[Any]) -> dict[int, str]:
    parents = {row.parent_id for row in rows if row.parent_id}
    return dict(Zone.objects.filter(pk__in=parents).values_list("pk", "code"))


def _areas_km2(rows: Sequence[Any]) -> list[float]:
    with connection.cursor() as cursor:
        cursor.execute(AREAS, [[bytes(row.geom.ewkb) for row in rows]])
        return [round(area, 3) for (area,) in cursor.fetchall()]
