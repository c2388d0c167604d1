"""Open incidents, say what belongs to them, and tell when the supply will be back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.geos import MultiPoint, Point
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput, PermissionRefused, TransitionForbidden, VersionConflict
from backend.core.models import User
from backend.core.queries.users import roles_of
from backend.core.services import outbox
from maintenance.domain.states import INCIDENT, INCIDENT_OPEN, INCIDENT_RUNNING
from maintenance.domain.texts import cleaned
from maintenance.models import AlarmSupply, Incident, IncidentMember, Report
from maintenance.models.proposals import DECIDERS
from maintenance.services import isolation
from maintenance.services.states import INCIDENT_TOPIC, transition_report
from maintenance.services.supply import alarm_supply

LATEST_RESTORATION = timedelta(days=14)

STEPS_TO_LINKED = {
    "submitted": ("received", "triaged", "linked"),
    "received": ("triaged", "linked"),
    "triaged": ("linked",),
    "info_requested": ("triaged", "linked"),
    "reopen_requested": ("triaged", "linked"),
}


@transaction.atomic
def open_incident(*, actor: User, reports: Iterable[Report] = (), alarm_ids: Iterable[int] = ()) -> Incident:
    """Open an incident, `suspected`, out of reports and alarms; trace what isolates it.

    Raises:
        InvalidInput: there is nothing to open it with, or something already belongs to another incident.
        PermissionRefused: the actor is no dispatcher or supervisor.
    """
    require_desk(actor)
    reports, supplies = list(reports), [alarm_supply(pk, actor=actor) for pk in alarm_ids]
    if not reports and not supplies:
        raise InvalidInput(errors={"reports": [_("Choose at least one report or alarm.")]})
    incident = _describe(Incident(opened_by=actor, opened_at=clock.now()), reports, supplies)
    incident.save(force_insert=True)
    _trace(incident, reports, supplies)
    announce(incident, came_from="")
    for report in reports:
        link_report(incident=incident, report=report, actor=actor)
    for supply in supplies:
        link_alarm(incident=incident, alarm_id=supply.alarm_id, actor=actor)
    return incident


@transaction.atomic
def link_report(*, incident: Incident, report: Report, actor: User) -> IncidentMember:
    """Make a report part of an incident and bring it to `linked`.

    Raises:
        InvalidInput: it belongs to another incident.
        TransitionForbidden: the report is in no state to be linked, or the incident is over.
    """
    require_desk(actor)
    _require_running(incident)
    report = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    kept = report.memberships.filter(unlinked_at=None).select_related("incident").first()
    if kept is not None:
        if kept.incident_id == incident.pk:
            return kept
        raise InvalidInput(errors={"report": [_("It already belongs to %s.") % kept.incident.code]})
    steps = STEPS_TO_LINKED.get(report.state)
    if steps is None:
        raise TransitionForbidden(current=report.state, version=report.version, allowed=[])
    for step in steps[:-1]:
        transition_report(report=report, to=step, actor=actor)
    member = IncidentMember.objects.create(incident=incident, report=report, linked_by=actor)
    transition_report(report=report, to="linked", actor=actor)
    return member


@transaction.atomic
def link_alarm(*, incident: Incident, alarm_id: int, actor: User) -> IncidentMember:
    """Make an alarm part of an incident.

    Raises:
        InvalidInput: it belongs to another incident.
    """
    require_desk(actor)
    _require_running(incident)
    alarm_supply(alarm_id, actor=actor)
    kept = IncidentMember.objects.filter(alarm_id=alarm_id, unlinked_at=None).first()
    if kept is None:
        try:
            with transaction.atomic():
                return IncidentMember.objects.create(incident=incident, alarm_id=alarm_id, linked_by=actor)
        except IntegrityError:
            kept = IncidentMember.objects.get(alarm_id=alarm_id, unlinked_at=None)
    if kept.incident_id != incident.pk:
        raise InvalidInput(errors={"alarm": [_("It already belongs to %s.") % kept.incident.code]})
    return kept


@transaction.atomic
def unlink_member(*, incident: Incident, member: IncidentMember, actor: User, reason: str) -> Incident | None:
    """Take a member out of an incident; a report is split off into an incident of its own, which is returned.

    Raises:
        InvalidInput: no reason is given, or the member left already.
    """
    require_desk(actor)
    reason = cleaned(reason)
    if not reason:
        raise InvalidInput(errors={"reason": [_("A reason is needed for this change.")]})
    if incident.state not in INCIDENT_OPEN:
        raise TransitionForbidden(current=incident.state, version=incident.version, allowed=[])
    ended = IncidentMember.objects.filter(pk=member.pk, incident=incident, unlinked_at=None).update(
        unlinked_at=clock.now(), unlinked_by=actor, unlink_reason=reason
    )
    if not ended:
        raise InvalidInput(errors={"member": [_("It left this incident already.")]})
    if member.report is None:
        return None
    split = _describe(Incident(opened_by=actor, opened_at=clock.now()), [member.report], [])
    split.save(force_insert=True)
    _trace(split, [member.report], [])
    IncidentMember.objects.create(incident=split, report=member.report, linked_by=actor)
    announce(split, came_from="")
    return split


@transaction.atomic
def tell_restoration(
    *, incident: Incident, expected_at: datetime, actor: User, version: int | None = None
) -> Incident:
    """Say when the supply should be back; customers affected are told once the incident is confirmed.

    Raises:
        InvalidInput: the time is past or too far away.
        VersionConflict: someone changed the incident in the meantime.
    """
    require_desk(actor)
    if not clock.now() < expected_at <= clock.now() + LATEST_RESTORATION:
        raise InvalidInput(errors={"expected_at": [_("Choose a time within the next 14 days.")]})
    incident = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    refusal: dict[str, Any] = {"current": incident.state, "version": incident.version}
    if version is not None and version != incident.version:
        raise VersionConflict(**refusal, allowed=INCIDENT.allowed(incident.state, roles_of(actor)))
    if incident.state not in INCIDENT_RUNNING:
        raise TransitionForbidden(**refusal, allowed=[])
    incident.expected_at = expected_at
    incident.version += 1
    incident.save(update_fields=["expected_at", "version"])
    announce(incident, came_from=incident.state)
    return incident


def announce(incident: Incident, *, came_from: str) -> None:
    """Publish that an incident changed in something other than its state."""
    payload = {
        "id": incident.pk,
        "from": came_from,
        "to": incident.state,
        "at": clock.now().isoformat(),
        "version": incident.version,
    }
    outbox.publish(INCIDENT_TOPIC, payload)


def require_desk(actor: User) -> None:
    """Refuse whoever is neither dispatcher nor supervisor.

    Raises:
        PermissionRefused: always for them.
    """
    if not roles_of(actor) & DECIDERS:
        raise PermissionRefused


def _require_running(incident: Incident) -> None:
    if incident.state not in INCIDENT_RUNNING:
        raise TransitionForbidden(current=incident.state, version=incident.version, allowed=[])


def _describe(incident: Incident, reports: list[Report], supplies: list[AlarmSupply]) -> Incident:
    """Take the category, place and supply group of an incident from what it is opened with."""
    by_priority = sorted(reports, key=lambda report: (report.category.priority, report.pk))
    placed = [report.geom for report in reports if report.geom] + [s.geom for s in supplies if s.geom]
    if by_priority:
        first = next((report for report in by_priority if report.supply_group_key), by_priority[0])
        incident.category, incident.utility = first.category, first.category.utility
        incident.network, incident.node, incident.link = first.network, first.node, first.link
        incident.zone = first.zone
        incident.supply_group_key, incident.supply_group_label = (
            first.supply_group_key,
            first.supply_group_label,
        )
    if supplies and not incident.supply_group_key:
        first_supply = supplies[0]
        incident.utility = incident.utility or first_supply.utility
        incident.supply_group_key = first_supply.supply_group_key
        incident.supply_group_label = first_supply.supply_group_label
    if placed:
        middle = MultiPoint(*placed, srid=4326).centroid
        incident.geom = Point(middle.x, middle.y, srid=4326)
    return incident


def _trace(incident: Incident, reports: list[Report], supplies: list[AlarmSupply]) -> None:
    """Trace from an element of the incident's own supply group; reports first, they are nearer."""
    for report in reports:
        element = report.link or report.node
        if element and report.network and report.supply_group_key == incident.supply_group_key:
            if not incident.supply_group_key:
                continue
            isolation.trace_incident(
                incident, network_code=report.network.code, kind=element.kind, code=element.code
            )
            return
    for supply in supplies:
        if supply.supply_group_key == incident.supply_group_key:
            isolation.trace_incident(
                incident,
                network_code=supply.network_code,
                kind=supply.element_kind,
                code=supply.element_code,
            )
            return
