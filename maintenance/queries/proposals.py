"""What the platform proposes, with its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maintenance import labels
from maintenance.models import IncidentProposal, ProposalEvidence
from maintenance.models.scoping import Person
from maintenance.queries import scoped
from maintenance.queries.parts import alarm_facts_of
from maintenance.queries.rows import lon_lat


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One alarm or report that speaks for a proposal."""

    kind: str
    label: str
    reference: str | None
    alarm_id: int | None
    at: datetime
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal in the dispatcher's list; `incident_id` is the running incident it would extend."""

    id: int
    version: int
    state: str
    title: str
    group_label: str
    kind: str
    utility: str
    lon: float | None
    lat: float | None
    evidence: tuple[EvidenceRow, ...]
    incident_id: int | None
    incident_code: str | None
    created_at: datetime


def proposal_rows(user: Person) -> list[ProposalRow]:
    """Return what waits for a decision of this person, the newest first."""
    return rows_of(scoped.proposals(user).pending().order_by("-pk")[:100])


def rows_of(found: Iterable[IncidentProposal]) -> list[ProposalRow]:
    """Make the rows of proposals, asking once for all their evidence."""
    proposals = list(found)
    evidence: dict[int, list[ProposalEvidence]] = {proposal.pk: [] for proposal in proposals}
    listed = ProposalEvidence.objects.filter(proposal__in=proposals).select_related("report__category")
    for row in listed.order_by("pk"):
        evidence[row.proposal_id].append(row)
    facts = alarm_facts_of(row.alarm_id for rows in evidence.values() for row in rows)
    return [_row(proposal, evidence[proposal.pk], facts) for proposal in proposals]


def _row(proposal: IncidentProposal, evidence: list[ProposalEvidence], facts: dict[Any, Any]) -> ProposalRow:
    lon, lat = lon_lat(proposal.geom)
    reports = sum(row.report_id is not None for row in evidence)
    return ProposalRow(
        id=proposal.pk,
        version=proposal.version,
        state=proposal.state,
        title=_title(proposal, reports, len(evidence) - reports),
        group_label=_place(proposal),
        kind="extend" if proposal.incident_id else "open",
        utility=proposal.utility,
        lon=lon,
        lat=lat,
        evidence=tuple(_evidence_row(row, facts.get(row.alarm_id)) for row in evidence),
        incident_id=proposal.incident_id,
        incident_code=proposal.incident.code if proposal.incident else None,
        created_at=proposal.created_at,
    )


def _title(proposal: IncidentProposal, reports: int, alarms: int) -> str:
    parts = []
    if alarms:
        parts.append(ngettext("%(count)d alarm", "%(count)d alarms", alarms) % {"count": alarms})
    if reports:
        parts.append(ngettext("%(count)d report", "%(count)d reports", reports) % {"count": reports})
    told = _(" and ").join(parts)
    return _("%(evidence)s: %(place)s") % {"evidence": told, "place": _place(proposal)}


def _place(proposal: IncidentProposal) -> str:
    return labels.supply_group(proposal.supply_group_key, proposal.supply_group_label)


def _evidence_row(row: ProposalEvidence, fact: Any) -> EvidenceRow:
    if row.report is not None:
        lon, lat = lon_lat(row.report.geom)
        return EvidenceRow(
            "report", row.report.category.name, row.report.reference, None, row.report.submitted_at, lon, lat
        )
    if fact is None:
        return EvidenceRow("alarm", _("Network alarm"), None, row.alarm_id, row.added_at, None, None)
    return EvidenceRow("alarm", fact.label, None, row.alarm_id, fact.raised_at, fact.lon, fact.lat)
