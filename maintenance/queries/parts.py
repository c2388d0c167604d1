"""What details are made of: valves, members, history, notes, photos."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from backend.core.models import TransitionRecord
from maintenance.models import Incident, IncidentMember, WorkOrder, WorkOrderPhoto
from telemetry import queries as telemetry


@dataclass(frozen=True, slots=True)
class ValveToClose:
    """A valve or switch to operate."""

    code: str
    kind: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class AffectedRow:
    """A connection point that loses its supply."""

    code: str
    address: str
    critical_kind: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A report or an alarm of an incident. `reference` is the report's, `alarm_id` the alarm's."""

    id: int
    kind: str
    label: str
    reference: str | None
    alarm_id: int | None
    at: datetime
    lon: float | None
    lat: float | None
    active: bool


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One change of state, as people read it."""

    from_label: str
    to_label: str
    to: str
    actor: str
    reason: str
    occurred_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note on an order."""

    text: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo, by the address that serves it to who may see it."""

    public_id: UUID
    caption: str
    at: datetime
    url: str


def member_rows(incident: Incident) -> tuple[MemberRow, ...]:
    """List the alarms and reports of an incident, the oldest link first."""
    members = list(
        incident.members.filter(unlinked_at=None)
        .select_related("report__category")
        .order_by("linked_at", "pk")
    )
    facts = alarm_facts_of(member.alarm_id for member in members)
    return tuple(_member_row(member, facts.get(member.alarm_id)) for member in members)


def alarm_facts_of(alarm_ids: Any) -> dict[int | None, Any]:
    """Return what telemetry knows of alarms, by id."""
    wanted = [pk for pk in alarm_ids if pk is not None]
    return {fact.id: fact for fact in telemetry.alarm_facts(wanted)} if wanted else {}


def _member_row(member: IncidentMember, fact: Any) -> MemberRow:
    if member.report is not None:
        point = member.report.geom
        return MemberRow(
            id=member.pk,
            kind="report",
            label=member.report.category.name,
            reference=member.report.reference,
            alarm_id=None,
            at=member.report.submitted_at,
            lon=point.x if point else None,
            lat=point.y if point else None,
            active=False,
        )
    return MemberRow(
        id=member.pk,
        kind="alarm",
        label=fact.label if fact else _("Network alarm"),
        reference=None,
        alarm_id=member.alarm_id,
        at=fact.raised_at if fact else member.linked_at,
        lon=fact.lon if fact else None,
        lat=fact.lat if fact else None,
        active=bool(fact and fact.active),
    )


def valves_of(traced: Incident | WorkOrder) -> tuple[ValveToClose, ...]:
    """List the valves to close, from the trace kept with an incident or an order."""
    return tuple(ValveToClose(**valve) for valve in traced.isolation.get("valves", ()))


def history_of(subject: Any, label: Any) -> tuple[HistoryRow, ...]:
    """List the changes of state of a thing, the oldest first."""
    changes: Any = subject.transitions.select_related("actor")
    return tuple(_history_row(change, label) for change in changes)


def _history_row(change: TransitionRecord, label: Any) -> HistoryRow:
    return HistoryRow(
        from_label=label(change.from_state),
        to_label=label(change.to_state),
        to=change.to_state,
        actor=str(change.actor) if change.actor else _("Platform"),
        reason=change.reason,
        occurred_at=change.occurred_at,
        recorded_at=change.recorded_at,
    )


def order_photo_row(photo: WorkOrderPhoto) -> PhotoRow:
    """Make the row of a photo of an order."""
    return PhotoRow(photo.public_id, photo.caption, photo.occurred_at, order_photo_url(photo.public_id))


def report_photo_url(public_id: UUID) -> str:
    """Return the address of a photo of a report."""
    return reverse("maintenance-report-photo", args=[public_id])


def order_photo_url(public_id: UUID) -> str:
    """Return the address of a photo of an order."""
    return reverse("maintenance-order-photo", args=[public_id])
