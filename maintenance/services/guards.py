"""The conditions that the state tables name.

A guard takes the locked row and the actor and returns why not, or None. What must hold before work is done is
in `maintenance.queries.conditions`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.models import User
from backend.core.services.transitions import Guard
from maintenance.domain.states import INCIDENT_RUNNING, ORDER_VERIFIED, ORDER_WITH_CREW, REOPENING_WINDOW
from maintenance.models import Incident, Report, WorkOrder
from maintenance.queries import conditions

CREW_STATES = ("accepted", "en_route", "on_site", "paused", "work_done")


def verifier_is_not_the_technician(order: WorkOrder, actor: User | None) -> str | None:
    """Refuse whoever worked on the order, under whatever role they come back."""
    workers = set(order.transitions.filter(to_state__in=CREW_STATES).values_list("actor_id", flat=True))
    if order.technician:
        workers.add(order.technician.user_id)
    if actor is not None and actor.pk in workers:
        return _("The work is verified by someone other than who did it.")
    return None


def has_technician(order: WorkOrder, actor: User | None) -> str | None:
    """Refuse an order that nobody was given."""
    return None if order.technician_id else _("Choose a technician first.")


def order_guards() -> dict[str, Guard]:
    """Return every guard of the work order table."""
    return {
        "has_technician": has_technician,
        "verifier_is_not_the_technician": verifier_is_not_the_technician,
        **{name: _condition(name) for name in conditions.BEFORE_DONE},
    }


def _condition(name: str) -> Guard:
    return lambda order, actor: conditions.why_not(name, order)


def report_guards(duplicate_of: Report | None) -> dict[str, Guard]:
    """Return every guard of the report table, for a change that may name the report it repeats."""

    def duplicate_target(report: Report, actor: User | None) -> str | None:
        if duplicate_of is None:
            return _("Say which report it repeats.")
        if duplicate_of.pk == report.pk or duplicate_of.state == "duplicate":
            return _("It must repeat another report that is no duplicate itself.")
        return None

    return {
        "duplicate_target": duplicate_target,
        "member_of_incident": member_of_incident,
        "within_reopening_window": within_reopening_window,
    }


def member_of_incident(report: Report, actor: User | None) -> str | None:
    """Refuse `linked` for a report that no incident holds."""
    linked = report.memberships.filter(unlinked_at=None).exists()
    return None if linked else _("Link the report to an incident first.")


def within_reopening_window(report: Report, actor: User | None) -> str | None:
    """Refuse reopening after the window."""
    if clock.now() <= report.state_at + REOPENING_WINDOW:
        return None
    return _("This report was closed more than 14 days ago: file a new one.")


def incident_guards(*, into: Incident | None, reason: str, active_alarms: Callable[[Incident], int]) -> Any:
    """Return every guard of the incident table, for a change that may name the incident it joins."""

    def merge_target(incident: Incident, actor: User | None) -> str | None:
        if into is None:
            return _("Say which incident it joins.")
        if into.pk == incident.pk or into.state not in INCIDENT_RUNNING:
            return _("It must join another incident that is not over.")
        return None

    def alarms_clear_or_reason(incident: Incident, actor: User | None) -> str | None:
        if reason.strip() or not active_alarms(incident):
            return None
        return _(
            "An alarm of this incident is still active: wait until it clears, or say why it is restored."
        )

    return {
        "merge_target": merge_target,
        "alarms_clear_or_reason": alarms_clear_or_reason,
        "work_verified": work_verified,
        "no_order_under_way": no_order_under_way,
    }


def work_verified(incident: Incident, actor: User | None) -> str | None:
    """Ask for verified work, and for nobody still at it."""
    states = set(incident.orders.values_list("state", flat=True))
    if states & (ORDER_WITH_CREW | {"work_done"}):
        return _("An order of this incident is not verified yet.")
    return None if states & ORDER_VERIFIED else _("No verified work order says that this is repaired.")


def no_order_under_way(incident: Incident, actor: User | None) -> str | None:
    """Refuse to call it a false alarm while a crew works on it."""
    busy = incident.orders.filter(state__in=ORDER_WITH_CREW | {"work_done"}).exists()
    return _("A crew is working on this incident: cancel or finish its orders first.") if busy else None
