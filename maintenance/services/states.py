"""The only writers of the states of reports, incidents and orders."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.contrib.gis.db import models
from django.db import transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.domain.states import StateTable
from backend.core.errors import InvalidInput
from backend.core.models import TransitionRecord, User
from backend.core.services.transitions import Guard, apply_transition
from maintenance.domain.states import INCIDENT, ORDER, PAUSE_KINDS, REPORT, REPORTER
from maintenance.models import (
    Incident,
    IncidentMember,
    IncidentTransition,
    Report,
    ReportTransition,
    Technician,
    WorkOrder,
    WorkOrderTransition,
)
from maintenance.queries.relations import order_relation, report_relation
from maintenance.services import guards, merging, messages

REPORT_TOPIC = "maintenance.report_changed"
INCIDENT_TOPIC = "maintenance.incident_changed"
ORDER_TOPIC = "maintenance.order_changed"
CLOCK_AHEAD, CLOCK_BEHIND = timedelta(minutes=5), timedelta(days=30)

M = TypeVar("M", bound=models.Model)


@transaction.atomic
def transition_report(
    *,
    report: Report,
    to: str,
    actor: User | None,
    reason: str = "",
    version: int | None = None,
    occurred_at: datetime | None = None,
    duplicate_of: Report | None = None,
    as_reporter: bool = False,
) -> Report:
    """Change the state of a report.

    Args:
        duplicate_of: the report it repeats, needed for `duplicate`.
        as_reporter: the caller has proved to be who filed it.

    Raises:
        TransitionForbidden, VersionConflict, InvalidInput: see `apply_transition`.
    """
    report = _locked(report)
    relation = frozenset({REPORTER}) if as_reporter else report_relation(report, actor)
    changed = _apply(
        report,
        REPORT,
        ReportTransition,
        REPORT_TOPIC,
        to=to,
        actor=actor,
        reason=reason,
        version=version,
        occurred_at=occurred_at,
        guards=guards.report_guards(duplicate_of),
        also={"duplicate_of": duplicate_of} if to == "duplicate" else {},
        extra_roles=relation,
    )
    if to == "triaged":
        _leave_incident(changed, actor)
    elif to == "info_requested":
        messages.tell_reporter(changed, messages.INFORMATION)
    return changed


@transaction.atomic
def transition_incident(
    *,
    incident: Incident,
    to: str,
    actor: User | None,
    reason: str = "",
    version: int | None = None,
    occurred_at: datetime | None = None,
    into: Incident | None = None,
) -> Incident:
    """Change the state of an incident; `into` is the incident it joins when it is `merged`.

    Raises:
        TransitionForbidden, VersionConflict, InvalidInput: see `apply_transition`.
    """
    if into is not None:
        into = _locked(into)
    changed = _apply(
        incident,
        INCIDENT,
        IncidentTransition,
        INCIDENT_TOPIC,
        to=to,
        actor=actor,
        reason=reason,
        version=version,
        occurred_at=occurred_at,
        guards=guards.incident_guards(into=into, reason=reason, active_alarms=merging.active_alarms),
        also={"merged_into": into} if to == "merged" else {},
    )
    if to == "merged" and into is not None:
        merging.move_into(changed, into, actor=actor)
    return changed


@transaction.atomic
def transition_order(
    *,
    order: WorkOrder,
    to: str,
    actor: User | None,
    reason: str = "",
    version: int | None = None,
    occurred_at: datetime | None = None,
    pause_kind: str = "",
    technician: Technician | None = None,
) -> WorkOrder:
    """Change the state of a work order; `technician` is who it is given to when it is `dispatched`.

    Raises:
        TransitionForbidden, VersionConflict, InvalidInput: see `apply_transition`.
    """
    if pause_kind and pause_kind not in PAUSE_KINDS:
        raise InvalidInput(errors={"pause_kind": [_("Choose parts, access, weather or safety.")]})
    order = _locked(order)
    also: dict[str, Any] = {"pause_kind": pause_kind if to == "paused" else ""}
    checks = guards.order_guards()
    if to == "dispatched" and technician is not None:
        also["technician"] = technician
        checks["has_technician"] = lambda order, actor: None
    elif to == "declined":
        also["technician"] = None
    return _apply(
        order,
        ORDER,
        WorkOrderTransition,
        ORDER_TOPIC,
        to=to,
        actor=actor,
        reason=reason,
        version=version,
        occurred_at=occurred_at,
        guards=checks,
        also=also,
        extra_roles=order_relation(order, actor),
    )


def _apply(
    instance: M,
    table: StateTable,
    record: type[TransitionRecord],
    topic: str,
    *,
    occurred_at: datetime | None,
    also: dict[str, Any],
    guards: dict[str, Guard],
    **asked: Any,
) -> M:
    now = clock.now()
    if occurred_at is not None and not now - CLOCK_BEHIND <= occurred_at <= now + CLOCK_AHEAD:
        raise InvalidInput(errors={"occurred_at": [_("Check the date and time of this device.")]})
    return apply_transition(
        instance=instance,
        table=table,
        record=record,
        topic=topic,
        occurred_at=occurred_at,
        guards=guards,
        also={"state_at": now, **also},
        **asked,
    )


def _locked(instance: M) -> M:
    """Lock the row before reading who relates to it; the same transaction then changes it."""
    return type(instance)._default_manager.select_for_update(of=("self",)).get(pk=instance.pk)


def _leave_incident(report: Report, actor: User | None) -> None:
    """A report that is examined afresh belongs to no incident, so that it can join another."""
    IncidentMember.objects.filter(report=report, unlinked_at=None).update(
        unlinked_at=clock.now(), unlinked_by=actor, unlink_reason=_("reopened")
    )
