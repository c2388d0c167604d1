"""Draw one zone, redraw it, end it, name it: each as of an instant, with who lies in it derived at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from backend.core.services.audit import record
from gis.models import Zone
from gis.services.zones.causes import Cause
from gis.services.zones.drawing import NewZone, add_zones, check_zones
from gis.services.zones.memberships import MembershipChanges, derive_memberships, lock_memberships
from gis.services.zones.outlines import (
    Neighbours,
    as_area,
    moved_ground,
    overlapping,
    same_outline,
    without,
)
from gis.services.zones.periods import instant_of_change, keep_outline, locked_zone


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """A zone after a change, what it did to memberships, and the codes of neighbours that gave way."""

    zone: Zone
    memberships: MembershipChanges
    neighbours: tuple[str, ...] = field(default=())


@transaction.atomic
def draw_zone(
    *, new: NewZone, neighbours: Neighbours = Neighbours.OVERLAP, actor: User | None = None, reason: str = ""
) -> ZoneChange:
    """Draw one zone in force from `new.valid_from` (now, unless told).

    Raises:
        InvalidInput: it cannot be drawn, its code is taken, or it begins in the future.
    """
    lock_memberships()
    at = new.valid_from or clock.now()
    errors = check_zones([new]).get(new.code, [])
    if Zone.objects.filter(code=new.code).exists():
        errors.append(_("This code is taken."))
    if at > clock.now():
        errors.append(_("A change cannot be dated in the future."))
    if errors:
        raise InvalidInput(errors={new.code: errors})
    drawn = Zone(kind=new.kind, utility=new.utility)
    area, gave = _settle(as_area(new.geom), drawn, neighbours, Cause(at, actor, reason))
    add_zones(
        zones=[NewZone(new.code, new.kind, new.name_fr, new.name_ar, area, new.utility, new.parent, at)],
        actor=actor,
    )
    zone = Zone.objects.get(code=new.code)
    record(actor=actor, action="gis.zone_drawn", subject=f"zone:{zone.pk}", reason=reason)
    return ZoneChange(zone, derive_memberships(at=at, kind=zone.kind, area=area), tuple(gave))


@transaction.atomic
def redraw_zone(
    *,
    code: str,
    geom: GEOSGeometry,
    at: datetime | None = None,
    neighbours: Neighbours = Neighbours.OVERLAP,
    actor: User | None = None,
    reason: str = "",
    version: int | None = None,
) -> ZoneChange:
    """Move the boundary of a zone as of `at` (now, unless told); its old outline is kept for the time before.

    Raises:
        NoSuchZone: there is none of this code.
        VersionConflict: someone changed it since `version`.
        InvalidInput: the outline or the instant cannot be used, or a neighbour would be left with nothing.
    """
    lock_memberships()
    zone = locked_zone(code, version=version)
    instant = instant_of_change(zone, at)
    try:
        area = as_area(geom)
    except ValueError as error:
        raise InvalidInput(errors={"geom": [str(error)]}) from error
    cause = Cause(instant, actor, reason)
    area, gave = _settle(area, zone, neighbours, cause)
    grounds = [ground for ground in (*gave.values(), _move(zone, area, cause)) if ground]
    if not grounds:
        return ZoneChange(zone, MembershipChanges(), tuple(gave))
    changes = derive_memberships(at=instant, kind=zone.kind, area=reduce(GEOSGeometry.union, grounds))
    return ZoneChange(zone, changes, tuple(gave))


@transaction.atomic
def close_zone(
    *,
    code: str,
    at: datetime | None = None,
    actor: User | None = None,
    reason: str = "",
    version: int | None = None,
) -> ZoneChange:
    """End a zone as of `at` (now, unless told); it keeps its past.

    Raises:
        NoSuchZone: there is none of this code.
        VersionConflict: someone changed it since `version`.
        InvalidInput: the instant cannot be used, or zones in force hang from it.
    """
    lock_memberships()
    zone = locked_zone(code, version=version)
    instant = instant_of_change(zone, at)
    hanging = zone.children.filter(valid__overlap=DateTimeTZRange(instant, None)).order_by("code")
    if below := list(hanging.values_list("code", flat=True)[:5]):
        raise InvalidInput(errors={"zone": [_("Zones hang from it: %s.") % ", ".join(below)]})
    with Cause(instant, actor, reason).of("closed"):
        end(zone, instant)
    record(actor=actor, action="gis.zone_closed", subject=f"zone:{zone.pk}", reason=reason)
    return ZoneChange(zone, derive_memberships(at=instant, kind=zone.kind, area=zone.geom))


@transaction.atomic
def describe_zone(
    *,
    code: str,
    name_fr: str,
    name_ar: str,
    parent: str | None,
    actor: User | None = None,
    version: int | None = None,
) -> Zone:
    """Give a zone its names and the zone it hangs from.

    Raises:
        NoSuchZone: there is none of this code.
        VersionConflict: someone changed it since `version`.
        InvalidInput: a name is missing or it cannot hang from that parent.
    """
    lock_memberships()
    zone = locked_zone(code, version=version)
    new = NewZone(
        code, zone.kind, name_fr, name_ar, zone.geom, zone.utility, parent, synthetic=zone.synthetic
    )
    with Cause(clock.now(), actor).of("described"):
        add_zones(zones=[new], actor=actor)
    record(actor=actor, action="gis.zone_described", subject=f"zone:{zone.pk}")
    return locked_zone(code)


def end(zone: Zone, at: datetime) -> None:
    """End a zone's period, without deriving anything."""
    zone.valid = DateTimeTZRange(zone.valid.lower, at)
    zone.version += 1
    zone.save(update_fields=["valid", "version"])


def _settle(
    area: MultiPolygon, zone: Zone, neighbours: Neighbours, cause: Cause
) -> tuple[MultiPolygon, dict[str, GEOSGeometry | None]]:
    """Settle the outline of a zone with those it runs over: cut it at their borders, or redraw them.

    Return it with the ground that the redrawn ones gave, by code.
    """
    gave: dict[str, GEOSGeometry | None] = {}
    if neighbours == Neighbours.OVERLAP:
        return area, gave
    others = overlapping(area, kind=zone.kind, utility=zone.utility, at=cause.at).exclude(pk=zone.pk)
    for other in others:
        cut = neighbours == Neighbours.CUT
        rest = without(area, other.geom) if cut else without(other.geom, area)
        if rest is None:
            raise InvalidInput(errors={"geom": [_("Nothing would be left beside %s.") % other.code]})
        if cut:
            area = rest
        else:
            instant_of_change(other, cause.at)
            gave[other.code] = _move(locked_zone(other.code), rest, cause)
    return area, gave


def _move(zone: Zone, area: MultiPolygon, cause: Cause) -> GEOSGeometry | None:
    """Give a zone another outline; return the ground on which memberships may change."""
    before = zone.geom
    if same_outline(before, area):
        return None
    keep_outline(zone, until=cause.at, actor=cause.actor, reason=cause.reason)
    zone.geom = area
    zone.version += 1
    with cause.of("redrawn"):
        zone.save(update_fields=["geom", "version"])
    record(
        actor=cause.actor,
        action="gis.zone_redrawn",
        subject=f"zone:{zone.pk}",
        at=cause.at.isoformat(),
        reason=cause.reason,
    )
    return moved_ground(before, area, zone=zone)
