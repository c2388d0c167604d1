"""One incident, one order, one report, whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F

from backend.core.models import Role
from backend.core.queries.users import roles_of
from gis.queries.traces import WARNINGS
from maintenance import labels
from maintenance.models import Report
from maintenance.models.scoping import Person
from maintenance.queries import scoped
from maintenance.queries.conditions import missing_before_done
from maintenance.queries.parts import (
    AffectedRow,
    HistoryRow,
    MemberRow,
    NoteRow,
    PhotoRow,
    ValveToClose,
    history_of,
    member_rows,
    order_photo_row,
    report_photo_url,
    valves_of,
)
from maintenance.queries.rows import (
    IncidentRow,
    OrderRow,
    ReportRow,
    incident_row,
    order_row,
    report_row,
)

PHONE_READERS = frozenset({Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR})
AFFECTED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class IncidentDetail:
    """An incident whole. `affected` holds the first, critical customers before the others."""

    row: IncidentRow
    valves: tuple[ValveToClose, ...]
    affected: tuple[AffectedRow, ...]
    members: tuple[MemberRow, ...]
    orders: tuple[OrderRow, ...]
    history: tuple[HistoryRow, ...]
    warnings: tuple[str, ...]
    active_alarms: int
    merged_into: str | None


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order whole; `missing` is what still stands before it can be done."""

    row: OrderRow
    instructions: str
    valves: tuple[ValveToClose, ...]
    notes: tuple[NoteRow, ...]
    photos: tuple[PhotoRow, ...]
    history: tuple[HistoryRow, ...]
    incident: IncidentRow | None
    reports: tuple[str, ...]
    photos_required: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportDetail:
    """A report whole; `phone` is empty for who has no business with it."""

    row: ReportRow
    phone: str
    photos: tuple[PhotoRow, ...]
    history: tuple[HistoryRow, ...]
    nearest: dict[str, Any] | None
    duplicate_of: str | None
    recorded_by: str


def incident_detail(user: Person, incident_id: int) -> IncidentDetail:
    """Return one incident whole.

    Raises:
        NotFound: there is none, or none for this person; likewise below.
    """
    incident = scoped.one(
        scoped.incidents(user).with_summary().select_related("merged_into").filter(pk=incident_id)
    )
    members = member_rows(incident)
    orders = scoped.orders(user).filter(incident=incident).with_summary().order_by("-pk")
    points = incident.affected.values_list(
        *(F(f"connection_point__{name}") for name in ("code", "address", "critical_kind"))
    )
    return IncidentDetail(
        row=incident_row(incident, user),
        valves=valves_of(incident),
        affected=tuple(
            AffectedRow(code, address, kind or "") for code, address, kind in points[:AFFECTED_SHOWN]
        ),
        members=members,
        orders=tuple(order_row(order, user) for order in orders),
        history=history_of(incident, labels.incident_state),
        warnings=tuple(str(WARNINGS.get(code, code)) for code in incident.isolation.get("warnings", ())),
        active_alarms=sum(member.active for member in members),
        merged_into=incident.merged_into.code if incident.merged_into else None,
    )


def order_detail(user: Person, order_id: int) -> OrderDetail:
    """Return one order whole."""
    order = scoped.one(scoped.orders(user).with_summary().filter(pk=order_id))
    found = scoped.incidents(user).with_summary().filter(pk=order.incident_id).first()
    reports = Report.objects.filter(memberships__incident=order.incident_id, memberships__unlinked_at=None)
    texts = reports.exclude(text="").exclude(moderation=Report.Moderation.WITHHELD).order_by("pk")
    notes = order.notes.select_related("author")
    return OrderDetail(
        row=order_row(order, user),
        instructions=order.instructions,
        valves=valves_of(order),
        notes=tuple(NoteRow(note.text, str(note.author), note.occurred_at) for note in notes),
        photos=tuple(order_photo_row(photo) for photo in order.photos.all()),
        history=history_of(order, labels.order_state),
        incident=incident_row(found, user) if found else None,
        reports=tuple(texts.values_list("text", flat=True)[:20]),
        photos_required=order.photos_required,
        missing=missing_before_done(order),
    )


def report_detail(user: Person, reference: str) -> ReportDetail:
    """Return one report whole."""
    pk = scoped.report(user, reference).pk
    found = scoped.reports(user).with_summary().select_related("node", "link", "duplicate_of", "recorded_by")
    report = found.get(pk=pk)
    own = report.reporter_id is not None and report.reporter_id == getattr(user, "pk", None)
    nearest = report.nearest
    return ReportDetail(
        row=report_row(report, user),
        phone=report.phone if own or roles_of(user) & PHONE_READERS else "",
        photos=tuple(
            PhotoRow(photo.public_id, "", photo.created_at, report_photo_url(photo.public_id))
            for photo in report.photos.order_by("pk")
        ),
        history=history_of(report, labels.report_state),
        nearest=nearest and {"kind": nearest.kind, "code": nearest.code, "distance_m": nearest.distance_m},
        duplicate_of=report.duplicate_of.reference if report.duplicate_of else None,
        recorded_by=str(report.recorded_by or ""),
    )
