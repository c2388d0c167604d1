"""Where alarms sit on the networks."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction

from backend.core.errors import NotFound
from backend.core.models import User
from gis import queries as gis
from maintenance.models import AlarmSupply, Incident, Report
from telemetry import queries as telemetry

UTILITY_OF_GROUP = {"segment": "water", "transformer": "electricity"}


def refresh_alarm(alarm_id: int) -> AlarmSupply | None:
    """Record what supplies the place of an alarm and whether its condition holds; None without a place."""
    facts = telemetry.alarm_facts([alarm_id])
    if not facts:
        return None
    fact = facts[0]
    kept = AlarmSupply.objects.filter(alarm_id=alarm_id).first()
    if kept is not None:
        if kept.active != fact.active:
            kept.active = fact.active
            kept.save(update_fields=["active"])
        return kept
    if not fact.network_code:
        return None
    return _placed(fact)


def alarm_supply(alarm_id: int, *, actor: User) -> AlarmSupply:
    """Return where an alarm sits, to a person who may make an incident of it.

    Raises:
        NotFound: there is no such alarm for this person, or its sensor hangs on no network.
    """
    supply = refresh_alarm(alarm_id)
    if supply is None or not AlarmSupply.objects.visible_to(actor).filter(pk=supply.pk).exists():
        raise NotFound
    return supply


def _placed(fact: Any) -> AlarmSupply:
    group = gis.supply_group(fact.network_code, fact.element_kind, fact.element_code)
    point = None if fact.lon is None else Point(fact.lon, fact.lat, srid=4326)
    return AlarmSupply.objects.create(
        alarm_id=fact.id,
        utility=UTILITY_OF_GROUP.get(group.kind, "other") if group else "other",
        supply_group_key=group.key if group else "",
        supply_group_label=group.label if group else "",
        network_code=fact.network_code,
        element_kind=fact.element_kind,
        element_code=fact.element_code,
        geom=point,
        active=fact.active,
    )


@transaction.atomic
def refresh_groups(network_id: int) -> int:
    """Name again the supply groups of what is open on a network that changed; return how many moved."""
    moved = 0
    rows = [
        *Report.objects.ungrouped().filter(network_id=network_id).select_related("network", "node", "link"),
        *Incident.objects.running().filter(network_id=network_id).select_related("network", "node", "link"),
    ]
    for row in rows:
        element = row.link or row.node
        if element is not None and row.supply_group_key:
            moved += _regroup(row, gis.supply_group(row.network.code, element.kind, element.code))
    supplies = AlarmSupply.objects.filter(active=True, network_code=gis.network_code(network_id))
    for supply in supplies:
        group = gis.supply_group(supply.network_code, supply.element_kind, supply.element_code)
        moved += _regroup(supply, group)
    return moved


def _regroup(row: Any, group: Any | None) -> bool:
    key, label = (group.key, group.label) if group else ("", "")
    if key == row.supply_group_key:
        return False
    row.supply_group_key, row.supply_group_label = key, label
    row.save(update_fields=["supply_group_key", "supply_group_label"])
    return True
