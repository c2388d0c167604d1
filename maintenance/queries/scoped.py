"""What a person may see, and one thing of it. What they may not see is not there."""

from __future__ import annotations

from typing import Any

from backend.core.errors import NotFound
from maintenance.domain.references import parse_reference
from maintenance.models import (
    Category,
    Incident,
    IncidentMember,
    IncidentProposal,
    Report,
    ReportPhoto,
    WorkOrder,
    WorkOrderPhoto,
)
from maintenance.models.incidents import IncidentQuerySet
from maintenance.models.orders import WorkOrderQuerySet
from maintenance.models.proposals import ProposalQuerySet
from maintenance.models.reports import ReportQuerySet
from maintenance.models.scoping import Person


def categories() -> list[Category]:
    """Return what can be reported, in the order it is offered."""
    return list(Category.objects.filter(active=True))


def reports(user: Person) -> ReportQuerySet:
    """Return the reports a person may see."""
    return Report.objects.visible_to(user)


def incidents(user: Person) -> IncidentQuerySet:
    """Return the incidents a person may see."""
    return Incident.objects.visible_to(user)


def orders(user: Person) -> WorkOrderQuerySet:
    """Return the work orders a person may see."""
    return WorkOrder.objects.visible_to(user)


def proposals(user: Person) -> ProposalQuerySet:
    """Return the proposals a person may decide."""
    return IncidentProposal.objects.visible_to(user)


def report(user: Person, reference: str) -> Report:
    """Return one report by its reference, however it is typed.

    Raises:
        NotFound: there is none, or none for this person; likewise below.
    """
    return one(reports(user).filter(reference=parse_reference(reference) or ""))


def incident(user: Person, incident_id: int) -> Incident:
    """Return one incident."""
    return one(incidents(user).filter(pk=incident_id))


def order(user: Person, order_id: int) -> WorkOrder:
    """Return one work order."""
    return one(orders(user).filter(pk=order_id))


def proposal(user: Person, proposal_id: int) -> IncidentProposal:
    """Return one proposal."""
    return one(proposals(user).filter(pk=proposal_id))


def member(user: Person, incident_id: int, member_id: int) -> IncidentMember:
    """Return one present member of an incident."""
    return one(incident(user, incident_id).members.filter(pk=member_id).select_related("report"))


def report_photo(user: Person, public_id: Any) -> ReportPhoto:
    """Return one photo of a report the person may see."""
    return one(ReportPhoto.objects.filter(public_id=public_id, report__in=reports(user)))


def order_photo(user: Person, public_id: Any) -> WorkOrderPhoto:
    """Return one photo of an order the person may see."""
    return one(WorkOrderPhoto.objects.filter(public_id=public_id, order__in=orders(user)))


def one(found: Any) -> Any:
    """Return the only row of a scoped query, or say that there is nothing.

    Raises:
        NotFound: the query is empty.
    """
    instance = found.first()
    if instance is None:
        raise NotFound
    return instance
