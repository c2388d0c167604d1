"""What follows from a change: the work on an incident carries its reports along, and people are told.

Each function reads the present state and does what is missing, so that it can run twice.
"""

from __future__ import annotations

from django.db import transaction

from backend.core import clock
from maintenance.domain.states import ORDER_UNDER_WAY, ORDER_VERIFIED
from maintenance.models import Incident, Report, WorkOrder
from maintenance.services import messages
from maintenance.services.states import transition_incident, transition_report
from metering import queries as metering

PATH = ("linked", "in_progress", "resolved", "closed")
AFFECTED_AT_MOST = 2000
"""Customers told of one incident; a larger failure is told by other means."""

TELLABLE = frozenset({"confirmed", "isolated", "repairing"})


@transaction.atomic
def follow_order(order_id: int) -> None:
    """Carry on what an order's change means for its incident."""
    order = WorkOrder.objects.select_related("incident").filter(pk=order_id).first()
    if order is None or order.incident is None:
        return
    if order.state == "on_site" and order.incident.state == "isolated":
        transition_incident(incident=order.incident, to="repairing", actor=None)
    follow_incident(order.incident_id)


@transaction.atomic
def follow_incident(incident_id: int) -> None:
    """Bring the reports of an incident as far as the work on it, and tell reporters and customers."""
    incident = Incident.objects.select_for_update(of=("self",)).filter(pk=incident_id).first()
    if incident is None:
        return
    goal = _goal(incident)
    if goal is not None:
        for report in Report.objects.filter(
            memberships__incident=incident, memberships__unlinked_at=None, state__in=PATH[: PATH.index(goal)]
        ).order_by("pk"):
            _advance(report, goal, incident)
    tell_affected_customers(incident)


@transaction.atomic
def follow_report(report_id: int) -> None:
    """Bring a report that was just linked as far as the work on its incident."""
    report = Report.objects.filter(pk=report_id, state="linked").first()
    member = report.memberships.filter(unlinked_at=None).first() if report else None
    if member is not None:
        follow_incident(member.incident_id)


def tell_affected_customers(incident: Incident) -> int:
    """Tell the customers of a confirmed incident, once, when the supply should be back; return how many."""
    if incident.affected_told_at or incident.expected_at is None or incident.state not in TELLABLE:
        return 0
    points = incident.affected.values_list("connection_point_id", flat=True)[:AFFECTED_AT_MOST]
    told: set[str] = set()
    for contact in metering.contacts_of(list(points)):
        if contact.phone and contact.phone not in told and len(told) < AFFECTED_AT_MOST:
            told.add(contact.phone)
            messages.tell_affected(
                incident, phone=contact.phone, language=contact.language, expected_at=incident.expected_at
            )
    incident.affected_told_at = clock.now()
    incident.save(update_fields=["affected_told_at"])
    return len(told)


def _goal(incident: Incident) -> str | None:
    """Return how far along its path a report of this incident should be."""
    if incident.state in {"closed", "false_alarm"}:
        return "closed"
    if incident.state == "restored":
        return "resolved"
    started = ORDER_UNDER_WAY | {"work_done"} | ORDER_VERIFIED
    return "in_progress" if incident.orders.filter(state__in=started).exists() else None


def _advance(report: Report, goal: str, incident: Incident) -> None:
    came_from = PATH.index(report.state)
    for step in PATH[came_from + 1 : PATH.index(goal) + 1]:
        report = transition_report(report=report, to=step, actor=None)
    if goal == "in_progress":
        _tell_under_way(report, incident)
    elif came_from < PATH.index("resolved"):
        found = incident.state != "false_alarm"
        messages.tell_reporter(report, messages.RESTORED if found else messages.NO_FAULT)


def _tell_under_way(report: Report, incident: Incident) -> None:
    if incident.expected_at is None:
        messages.tell_reporter(report, messages.UNDER_WAY)
    else:
        expected = messages.told_time(incident.expected_at)
        messages.tell_reporter(report, messages.UNDER_WAY_UNTIL, expected=expected)
