"""Zones as staff see them: in their hierarchy, with their periods, and what is proposed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import PermissionRefused
from backend.core.models import User
from gis.domain.zoning import WIDTH
from gis.errors import NoSuchZone
from gis.models import (
    FormerOutline,
    Jurisdiction,
    Network,
    Utility,
    Zone,
    ZoneKind,
    ZoneMembership,
    ZoneProposal,
)
from gis.models.proposals import ProposalState
from gis.models.scoping import areas_of, overlapping_jurisdiction
from gis.statements import statement

Viewer = User | AnonymousUser | None
KINDS = ZoneKind.choices
UTILITIES = Utility.choices
"""Codes and names, for forms."""
OUTLINES = ("geom", "geom_3857")
FINE_DEGREES, COARSE_DEGREES = 0.0, 0.00008
MOST_OUTLINES = 5000
SLIVER = 1e-9
"""In square degrees, about ten square metres: where two borders were meant to be one line."""


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """A zone in its place in the hierarchy, `depth` levels below the top; `members` once counted."""

    zone: Zone
    depth: int
    members: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A time over which a zone lay the same; `outline` names a former outline by id, None the present one."""

    since: datetime | None
    until: datetime | None
    outline: int | None
    reason: str
    author: str


@dataclass(frozen=True, slots=True)
class ZoneHistory:
    """What a zone was and is: its periods, newest first, what it came from and what followed it."""

    zone: Zone
    periods: tuple[Period, ...]
    predecessors: tuple[Zone, ...]
    successors: tuple[Zone, ...]
    children: tuple[Zone, ...]
    members: int
    answering: int


def zone_tree(*, at: datetime, kind: str = "", utility: str = "", text: str = "") -> list[ZoneRow]:
    """Return the zones in force at an instant, each below the one it hangs from, by kind then name.

    A zone whose parent is left out by the filters stands at the top.
    """
    zones = Zone.objects.valid_at(at).defer(*OUTLINES)
    if kind:
        zones = zones.filter(kind=kind)
    if utility:
        zones = zones.filter(utility=utility)
    if text:
        named = Q(name_fr__icontains=text) | Q(name_ar__icontains=text)
        zones = zones.filter(named | Q(code__istartswith=text))
    found = sorted(zones, key=_order)
    known = {zone.pk for zone in found}
    below: dict[int | None, list[Zone]] = {}
    for zone in found:
        below.setdefault(zone.parent_id if zone.parent_id in known else None, []).append(zone)
    rows: list[ZoneRow] = []
    waiting = [ZoneRow(zone, 0) for zone in reversed(below.get(None, []))]
    while waiting:
        row = waiting.pop()
        rows.append(row)
        waiting += [ZoneRow(zone, row.depth + 1) for zone in reversed(below.get(row.zone.pk, []))]
    return rows


def counted(rows: Sequence[ZoneRow], *, at: datetime) -> list[ZoneRow]:
    """Say how many connection points lay in each zone at an instant."""
    counts = _members([row.zone.pk for row in rows], at)
    return [replace(row, members=counts.get(row.zone.pk, 0)) for row in rows]


def zone_history(code: str) -> ZoneHistory:
    """Return what a zone was and is.

    Raises:
        NoSuchZone: there is none of this code.
    """
    zone = Zone.objects.select_related("parent").defer(*OUTLINES, "parent__geom").filter(code=code).first()
    if zone is None:
        raise NoSuchZone
    now = clock.now()
    former = zone.former_outlines.select_related("redrawn_by").defer("geom").order_by("-valid")
    return ZoneHistory(
        zone=zone,
        periods=tuple(_periods(zone, list(former))),
        predecessors=tuple(zone.predecessors.defer(*OUTLINES).order_by("code")),
        successors=tuple(zone.successors.defer(*OUTLINES).order_by("code")),
        children=tuple(zone.children.valid_at(now).defer(*OUTLINES).order_by("code")),
        members=_members([zone.pk], now).get(zone.pk, 0),
        answering=Jurisdiction.objects.filter(zone=zone).count(),
    )


def editable_zone(user: Viewer, code: str) -> Zone:
    """Return a zone that a person may end, split, join or name: one that lies wholly where they answer.

    Raises:
        NoSuchZone: there is none of this code, or it lies elsewhere.
        PermissionRefused: they answer for a part of it only.
    """
    zone = redrawable_zone(user, code)
    if not answers_for_ground(user, zone.geom):
        raise PermissionRefused(_("You answer for a part of this only."))
    return zone


def redrawable_zone(user: Viewer, code: str) -> Zone:
    """Return a zone that lies where a person answers, wholly or in part.

    Raises:
        NoSuchZone: there is none of this code, or it lies elsewhere.
    """
    zone = Zone.objects.filter(overlapping_jurisdiction(user)).filter(code=code).first()
    if zone is None:
        raise NoSuchZone
    return zone


def check_redrawing(user: Viewer, zone: Zone, outline: GEOSGeometry, *, takes: bool) -> None:
    """Let a person move a boundary over ground they answer for alone: a zone is also what its people see.

    Args:
        takes: neighbours give way to the outline.

    Raises:
        PermissionRefused: the ground gained or lost, or taken from neighbours, is not theirs.
    """
    if areas_of(user) is None or not outline.valid:  # which the service refuses
        return
    moved = zone.geom.sym_difference(outline)
    if not answers_for_ground(user, moved.union(outline) if takes else moved):
        raise PermissionRefused(_("You answer for another ground than this."))


def answers_for_ground(user: Viewer, area: GEOSGeometry) -> bool:
    """Say whether an area lies wholly where a person answers, but for slivers between borders."""
    areas = areas_of(user)
    if areas is None or not area.valid:  # which the service refuses
        return True
    for mine in areas:
        area = area.difference(mine)
    return bool(areas) and bool(area.area <= SLIVER)


def outlines_at(*, at: datetime, kind: str = "", utility: str = "") -> str:
    """Return the zones in force at an instant, where they lay then, as GeoJSON for a map."""
    values = {"at": at, "kind": kind, "utility": utility, "code": None}
    return _collection("zone_outlines", {**values, "tolerance": COARSE_DEGREES, "most": MOST_OUTLINES})


def outlines_of(code: str) -> str:
    """Return a zone's outline to the last vertex, its former ones, and its neighbours', as GeoJSON."""
    return _collection("zone_drawing", {"code": code, "tolerance": COARSE_DEGREES, "most": 200})


def networks_to_part() -> list[tuple[str, str]]:
    """Return the codes and names of the networks that zones can be proposed of."""
    found = Network.objects.filter(utility__in=[Utility.WATER, Utility.ELECTRICITY]).order_by("code")
    return [(network.code, network.name) for network in found]


def open_proposals(user: Viewer, *, network: str = "") -> QuerySet[ZoneProposal]:
    """Return the proposals that wait for a word, the largest first, of the ground a person answers for."""
    found: QuerySet[Any] = ZoneProposal.objects.visible_to(user).filter(state=ProposalState.OPEN)
    if network:
        found = found.filter(network__code=network)
    related = found.select_related("network", "zone").defer("geom", "zone__geom", "zone__geom_3857")
    return related.order_by("network__code", "-points", "pk")


def check_proposal(user: Viewer, proposal_id: int) -> None:
    """Let a person take a proposal that lies wholly where they answer.

    Raises:
        PermissionRefused: some of it lies elsewhere.
    """
    outline = ZoneProposal.objects.filter(pk=proposal_id).values_list("geom", flat=True).first()
    if outline is not None and not answers_for_ground(user, outline):
        raise PermissionRefused(_("You answer for a part of this only."))


def proposal_outlines(ids: Iterable[int]) -> str:
    """Return the outlines of some proposals as GeoJSON."""
    return _collection("proposal_outlines", {"ids": list(ids)})


def _order(zone: Zone) -> tuple[int, list[tuple[int, str]], str]:
    """Order zones by the width of their kind, then by name with numbers in the order of numbers."""
    words = re.findall(r"\d+|\D+", zone.name)
    return WIDTH[zone.kind], [(int(w), "") if w.isdigit() else (0, w) for w in words], zone.code


def _members(zones: Sequence[int], at: datetime) -> dict[int, int]:
    held = ZoneMembership.objects.filter(zone__in=zones, valid__contains=at).order_by()
    return dict(held.values_list("zone").annotate(n=Count("pk")))


def _periods(zone: Zone, former: Sequence[FormerOutline]) -> Iterable[Period]:
    latest = former[0] if former else None
    since = latest.valid.upper if latest else zone.valid.lower
    yield Period(
        since,
        zone.valid.upper,
        None,
        latest.reason if latest else "",
        _name(latest),
    )
    for index, one in enumerate(former):
        cause = former[index + 1] if index + 1 < len(former) else None
        yield Period(one.valid.lower, one.valid.upper, one.pk, cause.reason if cause else "", _name(cause))


def _name(outline: FormerOutline | None) -> str:
    """Name who drew what came after an outline."""
    return str(outline.redrawn_by) if outline and outline.redrawn_by else ""


def _collection(name: str, values: dict[str, Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, name), values)
        (found,) = cursor.fetchone()
    return str(found)
