"""Citizens' reports, incidents, work orders, and the people who carry them out."""

from __future__ import annotations

from maintenance.models.catalogue import Category, Skill
from maintenance.models.crew import Shift, Technician
from maintenance.models.incidents import AffectedPoint, Incident, IncidentMember, IncidentTransition
from maintenance.models.orders import WorkOrder, WorkOrderNote, WorkOrderPhoto, WorkOrderTransition
from maintenance.models.proposals import AlarmSupply, IncidentProposal, ProposalEvidence
from maintenance.models.reports import Report, ReportPhoto, ReportTransition

__all__ = [
    "AffectedPoint",
    "AlarmSupply",
    "Category",
    "Incident",
    "IncidentMember",
    "IncidentProposal",
    "IncidentTransition",
    "ProposalEvidence",
    "Report",
    "ReportPhoto",
    "ReportTransition",
    "Shift",
    "Skill",
    "Technician",
    "WorkOrder",
    "WorkOrderNote",
    "WorkOrderPhoto",
    "WorkOrderTransition",
]
