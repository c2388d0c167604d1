"""Draw zones in bulk: new ones, and those already there brought to what is given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from gis.domain.zoning import hangs_from_itself, may_hang
from gis.models import ImportRecord, Utility, Zone, ZoneKind
from gis.services.writing import Written
from gis.services.zones.memberships import lock_memberships
from gis.services.zones.outlines import as_area, same_outline
from gis.services.zones.periods import keep_outline

CODE = re.compile(r"[-\w]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewZone:
    """A zone to draw, in any known CRS: `parent` by code, in force from `valid_from` (always if None)."""

    code: str
    kind: str
    name_fr: str
    name_ar: str
    geom: GEOSGeometry
    utility: str | None = None
    parent: str | None = None
    valid_from: datetime | None = None
    synthetic: bool = False


@transaction.atomic
def add_zones(
    *,
    zones: Sequence[NewZone],
    at: datetime | None = None,
    actor: User | None = None,
    record: ImportRecord | None = None,
) -> Written:
    """Add zones, in any order; one already there is brought to what is given, its boundary as of `at` (now).

    Who lies in them is not derived here: call `derive_memberships` once zones and points are in.

    Raises:
        InvalidInput: some cannot be drawn, each named with all its reasons; nothing was written.
    """
    lock_memberships()
    if errors := check_zones(zones):
        raise InvalidInput(errors=errors)
    given = {new.code: new for new in zones}
    held = list(Zone.objects.select_for_update(of=("self",)).filter(code__in=given))
    there = {zone.code for zone in held}
    made = Zone.objects.bulk_create(_created(new, record) for new in zones if new.code not in there)
    parents = {new.parent for new in zones if new.parent}
    ids = dict(Zone.objects.filter(code__in=parents).values_list("code", "pk"))
    for zone in made:
        zone.parent_id = ids.get(given[zone.code].parent or "")
    Zone.objects.bulk_update([zone for zone in made if zone.parent_id], ["parent"], batch_size=500)
    changed = sum(_bring(zone, given[zone.code], ids, at or clock.now(), actor) for zone in held)
    return Written(len(made), changed, len(held) - changed)


def check_zones(zones: Sequence[NewZone]) -> dict[str, list[str]]:
    """Say what keeps zones from being drawn, by code; empty when all is well. Writes nothing."""
    errors: dict[str, list[str]] = {}
    known = list(Zone.objects.values_list("code", "parent__code", "kind"))
    parent_of = {code: parent for code, parent, _kind in known} | {new.code: new.parent for new in zones}
    kind_of = {code: kind for code, _parent, kind in known} | {new.code: new.kind for new in zones}
    seen: set[str] = set()
    for new in zones:
        found = list(_reasons(new, parent_of, kind_of))
        if new.code in seen:
            found.append(_("This code comes twice."))
        if found:
            errors[new.code] = found
        seen.add(new.code)
    return errors


def _reasons(new: NewZone, parent_of: Mapping[str, str | None], kind_of: Mapping[str, str]) -> Iterator[str]:
    if not CODE.fullmatch(new.code):
        yield _("A code is letters, digits, hyphens and underscores, at most 40.")
    if new.kind not in ZoneKind.values or new.utility not in {None, *Utility.values}:
        yield _("There is no such kind of zone.")
    if not new.name_fr or not new.name_ar:
        yield _("A zone has a name in French and one in Arabic.")
    if new.parent is not None:
        if new.parent not in kind_of:
            yield _("There is no zone %(code)s to hang it from.") % {"code": new.parent}
        elif hangs_from_itself(new.code, parent_of):
            yield _("A zone cannot hang from itself.")
        elif new.kind in ZoneKind.values and not may_hang(new.kind, kind_of[new.parent]):
            yield _("A zone hangs from one of its own kind or of a wider one.")
    try:
        as_area(new.geom)
    except ValueError as error:
        yield str(error)


def _created(new: NewZone, record: ImportRecord | None) -> Zone:
    return Zone(
        code=new.code,
        kind=new.kind,
        utility=new.utility,
        name_fr=new.name_fr,
        name_ar=new.name_ar,
        geom=as_area(new.geom),
        valid=DateTimeTZRange(new.valid_from, None),
        synthetic=new.synthetic,
        created_in=record,
    )


def _bring(zone: Zone, new: NewZone, ids: Mapping[str, int], at: datetime, actor: User | None) -> bool:
    """Bring a zone to what is given; say whether anything changed."""
    given = {
        "kind": new.kind,
        "utility": new.utility,
        "parent_id": ids.get(new.parent or ""),
        "name_fr": new.name_fr,
        "name_ar": new.name_ar,
        "synthetic": new.synthetic,
    }
    changes: dict[str, Any] = {name: value for name, value in given.items() if getattr(zone, name) != value}
    area = as_area(new.geom)
    if not same_outline(zone.geom, area):
        keep_outline(zone, until=at, actor=actor)
        changes["geom"] = area
    if changes:
        Zone.objects.filter(pk=zone.pk).update(**changes, version=zone.version + 1)
    return bool(changes)
