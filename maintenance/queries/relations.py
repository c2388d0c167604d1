"""What a person is to a report or an order, beside the roles they hold, and what they may ask of it."""

from __future__ import annotations

from backend.core.models import Role, User
from backend.core.queries.users import roles_of
from maintenance.domain.states import ASSIGNEE, INCIDENT, ORDER, REPORT, REPORTER
from maintenance.models import Incident, Report, WorkOrder
from maintenance.models.scoping import Person

NOBODY: frozenset[str] = frozenset()


def report_relation(report: Report, user: Person) -> frozenset[str]:
    """Return the reporter's mark for who filed the report."""
    filed = isinstance(user, User) and user.pk == report.reporter_id
    return frozenset({REPORTER}) if filed else NOBODY


def order_relation(order: WorkOrder, user: Person) -> frozenset[str]:
    """Return the assignee's mark for the order's technician, while they are one."""
    technician = order.technician
    if not isinstance(user, User) or technician is None or technician.user_id != user.pk:
        return NOBODY
    return frozenset({ASSIGNEE}) if Role.TECHNICIAN in roles_of(user) else NOBODY


def allowed_for_report(report: Report, user: Person) -> list[str]:
    """List the states a person may ask for."""
    return REPORT.allowed(report.state, roles_of(user) | report_relation(report, user))


def allowed_for_incident(incident: Incident, user: Person) -> list[str]:
    """List the states a person may ask for."""
    return INCIDENT.allowed(incident.state, roles_of(user))


def allowed_for_order(order: WorkOrder, user: Person) -> list[str]:
    """List the states a person may ask for."""
    return ORDER.allowed(order.state, roles_of(user) | order_relation(order, user))
