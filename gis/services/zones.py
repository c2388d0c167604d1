"""Draw zones, say who answers for them, and derive which connection points lie in them and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Polygon
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from gis.models import Jurisdiction, Zone
from gis.services.freshness import touch_layers
from gis.services.writing import Written
from gis.statements import statement


@dataclass(frozen=True, slots=True)
class NewZone:
    """A zone to draw: `geom` in EPSG:4326, `parent` by code, in force from `valid_from` (always if None)."""

    code: str
    kind: str
    name_fr: str
    name_ar: str
    geom: GEOSGeometry
    utility: str | None = None
    parent: str | None = None
    valid_from: datetime | None = None
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class MembershipChanges:
    begun: int
    ended: int


@transaction.atomic
def add_zones(*, zones: Sequence[NewZone]) -> Written:
    """Add zones, parents before children; one already there is brought to what is given.

    Raises:
        InvalidInput: a parent is unknown or an outline is no valid area.
    """
    created = updated = 0
    for new in zones:
        values = _values(new)
        zone, is_new = Zone.objects.select_for_update(of=("self",)).get_or_create(
            code=new.code, defaults={**values, "valid": DateTimeTZRange(new.valid_from, None)}
        )
        if is_new:
            created += 1
        elif changes := {
            name: value for name, value in values.items() if _differs(getattr(zone, name), value)
        }:
            Zone.objects.filter(pk=zone.pk).update(**changes, version=zone.version + 1)
            updated += 1
    if created or updated:
        touch_layers("zones")
    return Written(created, updated, len(zones) - created - updated)


@transaction.atomic
def derive_memberships(*, at: datetime | None = None) -> MembershipChanges:
    """Derive the zones of every connection point at an instant (now, unless told).

    Memberships that still hold are left alone; others end at `at`, new ones begin then. The first
    members of a zone are taken to have been there since it began: derive once all points are known.
    """
    instant = {"at": at or clock.now()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('gis.memberships'))")
        cursor.execute("DROP TABLE IF EXISTS target_membership")
        cursor.execute(statement(__file__, "target_memberships"), instant)
        cursor.execute("ANALYZE target_membership")
        cursor.execute(statement(__file__, "end_memberships"), instant)
        (ended,) = cursor.fetchone()
        cursor.execute(statement(__file__, "begin_memberships"), instant)
        return MembershipChanges(begun=cursor.rowcount, ended=ended)


@transaction.atomic
def assign_jurisdiction(*, user: User, zone_code: str | None = None) -> Jurisdiction:
    """Let a member of staff see and act in a zone, or everywhere when none is named.

    Raises:
        InvalidInput: there is no such zone.
    """
    zone = None
    if zone_code is not None and (zone := Zone.objects.filter(code=zone_code).first()) is None:
        raise InvalidInput(errors={"zone": [zone_code]})
    jurisdiction, _ = Jurisdiction.objects.get_or_create(user=user, zone=zone)
    return jurisdiction


def _values(new: NewZone) -> dict[str, Any]:
    parent = None
    if new.parent is not None and (parent := Zone.objects.filter(code=new.parent).first()) is None:
        raise InvalidInput(errors={new.code: [new.parent]})
    area = new.geom
    if isinstance(area, Polygon):
        area = MultiPolygon(area, srid=area.srid or 4326)
    if not isinstance(area, MultiPolygon) or not area.valid or area.empty:
        raise InvalidInput(errors={new.code: [getattr(area, "valid_reason", "")]})
    return {
        "kind": new.kind,
        "utility": new.utility,
        "parent": parent,
        "name_fr": new.name_fr,
        "name_ar": new.name_ar,
        "geom": area,
        "synthetic": new.synthetic,
    }


def _differs(held: Any, given: Any) -> bool:
    if isinstance(held, GEOSGeometry):
        return not held.equals_exact(given, tolerance=1e-9)
    return bool(held != given)
