"""Merge a connection point into its duplicate, and part the two again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.dateparse import parse_datetime

from backend.core.models import User
from gis.errors import RepairImpossible, StillInUse
from gis.models import ConnectionPoint, ConnectionPointAlias, QualityFinding, Zone, ZoneMembership
from gis.services.quality.ledger import Ledger
from gis.services.zones import derive_memberships

ALONG = (ZoneMembership,)
FACTS = ("node_id", "link_id", "critical_kind", "address")
"""What the point kept takes over from the other where it does not know it itself."""


def merge_point(finding: QualityFinding, ledger: Ledger) -> None:
    """Remove the point told; where something depends on it, its duplicate. Its references go to the one kept.

    Raises:
        RepairImpossible: one is no longer there.
        StillInUse: something depends on both.
    """
    told, other = _point(finding.subject_id), _point(finding.details["other_id"])
    try:
        _merge(told, other, ledger)
    except StillInUse:
        _merge(other, told, ledger)


def part_points(ledger: Mapping[str, Any], actor: User) -> None:
    """Give the point that came back its references and its past in zones."""
    point = ConnectionPoint.objects.get(pk=ledger["point"])
    ConnectionPointAlias.objects.filter(pk=ledger["added"]).delete()
    ConnectionPointAlias.objects.filter(pk__in=ledger["moved"]).update(connection_point=point)
    zones = {zone.pk: zone for zone in Zone.objects.filter(pk__in=[row[0] for row in ledger["memberships"]])}
    ZoneMembership.objects.bulk_create(
        ZoneMembership(
            connection_point=point,
            zone=zones[zone],
            zone_kind=zones[zone].kind,
            valid=DateTimeTZRange(*(parse_datetime(end) if end else None for end in ends)),
        )
        for zone, *ends in ledger["memberships"]
        if zone in zones
    )
    derive_memberships(points=[point.pk])


def _merge(gone: ConnectionPoint, kept: ConnectionPoint, ledger: Ledger) -> None:
    moved = list(gone.aliases.values_list("pk", flat=True))
    memberships = [
        [row.zone_id, *(end and end.isoformat() for end in (row.valid.lower, row.valid.upper))]
        for row in gone.memberships.all()
    ]
    ConnectionPointAlias.objects.filter(pk__in=moved).update(connection_point=kept)
    try:
        ledger.remove(gone, along=ALONG)
    except StillInUse:
        ConnectionPointAlias.objects.filter(pk__in=moved).update(connection_point=gone)
        raise
    added = ConnectionPointAlias.objects.get_or_create(
        network_id=kept.network_id, reference=gone.code, defaults={"connection_point": kept}
    )
    columns = {name: getattr(gone, name) for name in FACTS if getattr(gone, name) and not getattr(kept, name)}
    ledger.change(kept, attributes={**gone.attributes, **kept.attributes}, **columns)
    ledger.notes |= {
        "point": gone.pk,
        "moved": moved,
        "added": added[0].pk if added[1] else None,
        "memberships": memberships,
    }


def _point(pk: int) -> ConnectionPoint:
    point = ConnectionPoint.objects.select_for_update().filter(pk=pk).first()
    if point is None:
        raise RepairImpossible
    return point
