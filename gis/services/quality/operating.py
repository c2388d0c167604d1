"""The repairs that go through other services: zones, memberships, the states of switches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from gis.domain.rows import LinkState
from gis.errors import RepairImpossible, RepairOutdated
from gis.models import ConnectionPoint, Link, QualityFinding, Zone, ZoneEvent
from gis.services.quality.ledger import Ledger
from gis.services.states import set_link_state
from gis.services.zones import Neighbours, derive_memberships, redraw_zone
from gis.services.zones.outlines import without
from gis.statements import statement


def join_zones(finding: QualityFinding, ledger: Ledger) -> None:
    """Make a connection point a member of the zones that it lies in."""
    point = ConnectionPoint.objects.select_related("network").filter(pk=finding.subject_id).first()
    if point is None:
        raise RepairImpossible
    derive_memberships(network_code=point.network.code, area=point.geom)


def cut_overlap(finding: QualityFinding, ledger: Ledger) -> None:
    """Take the shared ground off the zone chosen; off the larger one, unless told."""
    zones = {
        zone.code: zone
        for zone in Zone.objects.filter(pk__in=[finding.subject_id, finding.details["other_id"]])
    }
    giving = zones.pop(ledger.choice or finding.subject_code, None)
    keeping = next(iter(zones.values()), None)
    rest = without(giving.geom, keeping.geom) if giving and keeping else None
    if giving is None or rest is None:
        raise RepairImpossible
    changed = redraw_zone(code=giving.code, geom=rest, actor=ledger.actor, reason=_("Overlap repaired"))
    ledger.notes |= {"zone": giving.code, "before": giving.version, "version": changed.zone.version}


def extend_zone(finding: QualityFinding, ledger: Ledger) -> None:
    """Extend the nearest zone to a connection point outside every zone, sparing its neighbours' ground."""
    point = ConnectionPoint.objects.filter(pk=finding.subject_id).first()
    zone = Zone.objects.filter(pk=finding.details["other_id"], valid__contains=clock.now()).first()
    if point is None or zone is None or point.memberships.filter(valid__contains=clock.now()).exists():
        raise RepairImpossible
    with connection.cursor() as cursor:
        values = {"zone": zone.pk, "point": point.geom.hexewkb.decode()}
        cursor.execute(statement(__file__, "reach_point"), values)
        (reached,) = cursor.fetchone()
    changed = redraw_zone(
        code=zone.code,
        geom=GEOSGeometry(reached),
        neighbours=Neighbours.CUT,
        actor=ledger.actor,
        reason=_("Extended to a connection point"),
    )
    if not changed.zone.geom.intersects(point.geom):
        raise RepairImpossible
    ledger.notes |= {"zone": zone.code, "before": zone.version, "version": changed.zone.version}


def restore_outline(ledger: Mapping[str, Any], actor: User) -> None:
    """Draw a zone as it was before its repair, as of now."""
    zone = Zone.objects.filter(code=ledger["zone"], version=ledger["version"]).first()
    was = (
        zone
        and ZoneEvent.objects.filter(pgh_obj_id=zone.pk, version=ledger["before"]).order_by("-pgh_id").first()
    )
    if not zone or not was:
        raise RepairOutdated
    redraw_zone(code=zone.code, geom=was.geom, actor=actor, reason=_("Repair undone"))


def open_switch(finding: QualityFinding, ledger: Ledger) -> None:
    """Record that the switch chosen is open.

    Raises:
        InvalidInput: none of the switches on the loop was chosen.
    """
    choices = finding.details.get("choices", [])
    choice = ledger.choice or (choices[0] if len(choices) == 1 else "")
    if choice not in choices:
        raise InvalidInput(errors={"choice": [_("Choose one of the switches.")]})
    switch = Link.objects.filter(network=finding.network, kind="switch", code=choice).first()
    if switch is None or switch.state == LinkState.OPEN:
        raise RepairImpossible
    set_link_state(link_id=switch.pk, state=LinkState.OPEN.value, at=clock.now(), source="staff")
    ledger.notes |= {"switch": switch.pk}


def close_switch(ledger: Mapping[str, Any], actor: User) -> None:
    """Record that a switch is closed again."""
    switch = Link.objects.filter(pk=ledger["switch"], state=LinkState.OPEN.value).first()
    if switch is None:
        raise RepairOutdated
    set_link_state(link_id=switch.pk, state=LinkState.CLOSED.value, at=clock.now(), source="staff")
