"""Part a zone along a line, or make one of several: what comes after is new, what was keeps its past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.gis.geos import GEOSGeometry, LineString, MultiLineString, MultiPolygon
from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from backend.core.services.audit import record
from gis.models import Zone
from gis.services.zones.causes import Cause
from gis.services.zones.changing import end
from gis.services.zones.drawing import NewZone, add_zones
from gis.services.zones.jurisdictions import pass_jurisdictions
from gis.services.zones.memberships import MembershipChanges, derive_memberships, lock_memberships
from gis.services.zones.outlines import joined
from gis.services.zones.periods import instant_of_change, locked_zone
from gis.statements import statement

MOST_PARTS = 9


@dataclass(frozen=True, slots=True)
class Succession:
    """The zones that ended, those that follow them, and what it did to memberships."""

    before: tuple[Zone, ...]
    after: tuple[Zone, ...]
    memberships: MembershipChanges


@transaction.atomic
def split_zone(
    *,
    code: str,
    line: LineString,
    at: datetime | None = None,
    actor: User | None = None,
    reason: str = "",
    version: int | None = None,
) -> Succession:
    """End a zone as of `at` (now) and draw in its place the parts that a line (EPSG:4326) cuts it into.

    The parts, largest first, are `code-1`, `code-2`… with the zone's names numbered likewise. Who answered
    for the zone answers for each, and what hung from it hangs from the part that holds most of it.

    Raises:
        NoSuchZone: there is none of this code.
        VersionConflict: someone changed it since `version`.
        InvalidInput: the line does not cut it into a few parts, or the instant cannot be used.
    """
    lock_memberships()
    zone = locked_zone(code, version=version)
    instant = instant_of_change(zone, at)
    parts = _parts(zone.geom, line) if isinstance(line, LineString | MultiLineString) else []
    if not 1 < len(parts) <= MOST_PARTS:
        raise InvalidInput(errors={"line": [_("Draw a line from outside the zone to outside it, across.")]})
    names = _free_codes(code, len(parts))
    after = [
        NewZone(
            names[index],
            zone.kind,
            f"{zone.name_fr} {index + 1}",
            f"{zone.name_ar} {index + 1}",
            part,
            zone.utility,
            zone.parent.code if zone.parent else None,
            instant,
            zone.synthetic,
        )
        for index, part in enumerate(parts)
    ]
    return _succeed("split", [zone], after, Cause(instant, actor, reason))


@transaction.atomic
def merge_zones(
    *,
    codes: Sequence[str],
    code: str,
    name_fr: str,
    name_ar: str,
    at: datetime | None = None,
    actor: User | None = None,
    reason: str = "",
) -> Succession:
    """End several zones as of `at` (now) and draw one in their place.

    Raises:
        NoSuchZone: one of them does not exist.
        InvalidInput: they are fewer than two, of several kinds or utilities, or the new one cannot be drawn.
    """
    lock_memberships()
    before = [locked_zone(one) for one in sorted(set(codes))]
    if len(before) < 2 or len({(zone.kind, zone.utility) for zone in before}) > 1:
        raise InvalidInput(errors={"codes": [_("Choose two or more zones of one kind.")]})
    if Zone.objects.filter(code=code).exists():
        raise InvalidInput(errors={"code": [_("This code is taken.")]})
    instant = at or clock.now()
    for zone in before:
        instant_of_change(zone, instant)
    parents = {zone.parent.code if zone.parent else None for zone in before}
    new = NewZone(
        code,
        before[0].kind,
        name_fr,
        name_ar,
        joined([zone.geom for zone in before]),
        before[0].utility,
        parents.pop() if len(parents) == 1 else None,
        instant,
        all(zone.synthetic for zone in before),
    )
    return _succeed("merged", before, [new], Cause(instant, actor, reason))


def _succeed(deed: str, before: Sequence[Zone], after: Sequence[NewZone], cause: Cause) -> Succession:
    for zone in before:
        with cause.of(deed):
            end(zone, cause.at)
        record(actor=cause.actor, action="gis.zone_succeeded", subject=f"zone:{zone.pk}", reason=cause.reason)
    add_zones(zones=after, actor=cause.actor)
    made = list(Zone.objects.filter(code__in=[new.code for new in after]).order_by("code"))
    for zone in made:
        zone.predecessors.set(before)
    pass_jurisdictions(before, made)
    with cause.of("rehung"):
        _rehang(before, made)
    ground = joined([zone.geom for zone in before])
    changes = derive_memberships(at=cause.at, kind=before[0].kind, area=ground)
    return Succession(tuple(before), tuple(made), changes)


def _rehang(before: Sequence[Zone], after: Sequence[Zone]) -> None:
    """Hang what hung from the zones that ended from the new zone that holds most of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            statement(__file__, "rehang_children"),
            {"before": [zone.pk for zone in before], "after": [zone.pk for zone in after]},
        )


def _parts(area: MultiPolygon, line: LineString) -> list[GEOSGeometry]:
    """Cut an area along a line; return its parts, largest first."""
    values = {"area": area.hexewkb.decode(), "line": line.hexewkb.decode()}
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, "parts_of_area"), values)
        return [GEOSGeometry(row[0]) for row in cursor.fetchall()]


def _free_codes(code: str, count: int) -> list[str]:
    """Return codes for the parts of a zone that no zone has."""
    taken = set(Zone.objects.filter(code__startswith=code[:36]).values_list("code", flat=True))
    numbers = (f"{code[:36]}-{number}" for number in range(1, count + len(taken) + 1))
    return [name for name in numbers if name not in taken][:count]
