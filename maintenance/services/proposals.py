"""Propose what belongs together: alarms and reports on one isolation segment or transformer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.gis.geos import MultiPoint, Point
from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput, TransitionForbidden, VersionConflict
from backend.core.models import User
from backend.core.services import outbox
from maintenance.domain.grouping import Evidence, worth_proposing
from maintenance.domain.states import INCIDENT_RUNNING
from maintenance.models import (
    AlarmSupply,
    Incident,
    IncidentMember,
    IncidentProposal,
    ProposalEvidence,
    Report,
)
from maintenance.services import incidents
from maintenance.services.supply import refresh_alarm

PROPOSAL_TOPIC = "maintenance.proposal_changed"
RECENT = timedelta(hours=24)
"""Reports older than this are no evidence of what fails now."""


@transaction.atomic
def consider_alarm(alarm_id: int) -> IncidentProposal | None:
    """Look at an alarm that changed: while its condition holds it is evidence."""
    supply = refresh_alarm(alarm_id)
    if supply is None or not supply.active or not supply.supply_group_key:
        return None
    return propose_incidents(supply.supply_group_key)


@transaction.atomic
def consider_report(report_id: int) -> IncidentProposal | None:
    """Look at a report that changed: until it is linked or set aside it is evidence."""
    report = Report.objects.ungrouped().filter(pk=report_id, category__tells_of_supply=True).first()
    if report is None or not report.supply_group_key:
        return None
    return propose_incidents(report.supply_group_key)


@transaction.atomic
def propose_incidents(supply_group_key: str) -> IncidentProposal | None:
    """Propose an incident, or more evidence for a running one, when a supply group gives reason to.

    One caller at a time for each group. The same evidence gives the same proposal; a dismissed group is
    proposed again only with evidence that is new.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [supply_group_key])
    reports, supplies = _candidates(supply_group_key)
    running = Incident.objects.running().filter(supply_group_key=supply_group_key).order_by("-pk").first()
    linked = running.members.filter(unlinked_at=None).count() if running else 0
    evidence = [Evidence("report", report.pk, report.phone) for report in reports]
    evidence += [Evidence("alarm", s.alarm_id, f"{s.element_kind}:{s.element_code}") for s in supplies]
    if not worth_proposing(evidence, already_linked=linked, dismissed=_dismissed(supply_group_key)):
        return None
    proposal = IncidentProposal.objects.pending().filter(supply_group_key=supply_group_key).first()
    if proposal is None:
        proposal = IncidentProposal(supply_group_key=supply_group_key, created_at=clock.now())
    return _store(proposal, reports, supplies, running)


def accept_proposal(*, proposal: IncidentProposal, actor: User, version: int | None = None) -> Incident:
    """Open the proposed incident, or extend the running one, with the evidence that is still free.

    Raises:
        PermissionRefused: the actor is no dispatcher or supervisor.
        TransitionForbidden, VersionConflict: it was decided already, or has gained evidence since.
    """
    with transaction.atomic():
        proposal = _decidable(proposal, actor, version)
        reports = list(_free_reports(proposal))
        alarm_ids = _free_alarms(proposal)
        incident = _target(proposal)
        if incident is None:
            incident = incidents.open_incident(actor=actor, reports=reports, alarm_ids=alarm_ids)
        else:
            for report in reports:
                incidents.link_report(incident=incident, report=report, actor=actor)
            for alarm_id in alarm_ids:
                incidents.link_alarm(incident=incident, alarm_id=alarm_id, actor=actor)
            incidents.announce(incident, came_from=incident.state)
        _decide(proposal, IncidentProposal.State.ACCEPTED, actor, incident=incident)
        return incident


@transaction.atomic
def dismiss_proposal(
    *, proposal: IncidentProposal, actor: User, reason: str, version: int | None = None
) -> IncidentProposal:
    """Say that this evidence does not belong together; it is not proposed again.

    Raises:
        InvalidInput: no reason is given.
        PermissionRefused, TransitionForbidden, VersionConflict: see `accept_proposal`.
    """
    proposal = _decidable(proposal, actor, version)
    if not reason.strip():
        raise InvalidInput(errors={"reason": [_("A reason is needed for this change.")]})
    return _decide(proposal, IncidentProposal.State.DISMISSED, actor, reason=reason)


def _candidates(key: str) -> tuple[list[Report], list[AlarmSupply]]:
    reports = Report.objects.ungrouped().filter(
        supply_group_key=key, category__tells_of_supply=True, submitted_at__gt=clock.now() - RECENT
    )
    linked = IncidentMember.objects.filter(unlinked_at=None, alarm__isnull=False).values("alarm_id")
    supplies = AlarmSupply.objects.filter(supply_group_key=key, active=True).exclude(alarm_id__in=linked)
    return list(reports.select_related("category").order_by("pk")), list(supplies.order_by("pk"))


def _dismissed(key: str) -> list[frozenset[tuple[str, int]]]:
    refused = IncidentProposal.objects.filter(
        supply_group_key=key, state=IncidentProposal.State.DISMISSED, decided_at__gt=clock.now() - RECENT
    )
    return [
        frozenset(("report", row.report_id) if row.report_id else ("alarm", row.alarm_id) for row in rows)
        for rows in (proposal.evidence.all() for proposal in refused.prefetch_related("evidence"))
    ]


def _store(
    proposal: IncidentProposal, reports: list[Report], supplies: list[AlarmSupply], running: Incident | None
) -> IncidentProposal:
    known: set[tuple[int | None, int | None]] = set()
    if proposal.pk:
        known = set(proposal.evidence.values_list("report_id", "alarm_id"))
    wanted: list[tuple[int | None, int | None]] = [(report.pk, None) for report in reports] + [
        (None, supply.alarm_id) for supply in supplies
    ]
    added = [ids for ids in wanted if ids not in known]
    if not added:
        return proposal
    sources: list[Report | AlarmSupply] = [*reports, *supplies]
    points = [source.geom for source in sources if source.geom]
    proposal.supply_group_label = sources[0].supply_group_label
    proposal.utility = reports[0].category.utility if reports else supplies[0].utility
    proposal.incident = running
    if points:
        middle = MultiPoint(*points, srid=4326).centroid
        proposal.geom = Point(middle.x, middle.y, srid=4326)
    if proposal.pk:
        proposal.version += 1
    proposal.save()
    ProposalEvidence.objects.bulk_create(
        ProposalEvidence(proposal=proposal, report_id=report_id, alarm_id=alarm_id)
        for report_id, alarm_id in added
    )
    _announce(proposal)
    return proposal


def _decidable(proposal: IncidentProposal, actor: User, version: int | None) -> IncidentProposal:
    incidents.require_desk(actor)
    proposal = IncidentProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    pending = proposal.state == IncidentProposal.State.PENDING
    allowed = ["accepted", "dismissed"] if pending else []
    refusal: dict[str, Any] = {"current": proposal.state, "version": proposal.version, "allowed": allowed}
    if version is not None and version != proposal.version:
        raise VersionConflict(**refusal)
    if not pending:
        raise TransitionForbidden(_("Someone decided on this proposal already."), **refusal)
    return proposal


def _free_reports(proposal: IncidentProposal) -> list[Report]:
    ids = proposal.evidence.filter(report__isnull=False).values("report_id")
    free = Report.objects.ungrouped().filter(pk__in=ids).select_for_update(of=("self",))
    return list(free.select_related("category", "network", "node", "link", "zone").order_by("pk"))


def _free_alarms(proposal: IncidentProposal) -> list[int]:
    linked = IncidentMember.objects.filter(unlinked_at=None, alarm__isnull=False).values("alarm_id")
    rows = proposal.evidence.filter(alarm__isnull=False).exclude(alarm_id__in=linked)
    return [pk for pk in rows.values_list("alarm_id", flat=True).order_by("pk") if pk is not None]


def _target(proposal: IncidentProposal) -> Incident | None:
    """Return the running incident to extend: the one proposed, or one opened on the group since."""
    if proposal.incident is not None and proposal.incident.state in INCIDENT_RUNNING:
        return proposal.incident
    running = Incident.objects.running().filter(supply_group_key=proposal.supply_group_key)
    return running.order_by("-pk").first()


def _decide(
    proposal: IncidentProposal,
    state: str,
    actor: User,
    *,
    incident: Incident | None = None,
    reason: str = "",
) -> IncidentProposal:
    proposal.state, proposal.reason = state, reason
    proposal.decided_by, proposal.decided_at = actor, clock.now()
    proposal.incident = incident or proposal.incident
    proposal.version += 1
    proposal.save(update_fields=["state", "reason", "decided_by", "decided_at", "incident", "version"])
    _announce(proposal)
    return proposal


def _announce(proposal: IncidentProposal) -> None:
    payload = {
        "id": proposal.pk,
        "to": proposal.state,
        "at": clock.now().isoformat(),
        "version": proposal.version,
    }
    outbox.publish(PROPOSAL_TOPIC, payload)
