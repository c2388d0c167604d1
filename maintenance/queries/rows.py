"""Rows of the lists: everything a console, a dispatcher's board or a phone shows of one thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.gis.geos import Point

from maintenance import labels
from maintenance.models import Incident, Report, WorkOrder
from maintenance.models.scoping import Person
from maintenance.queries import relations, scoped


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report as staff see it in a list. `lon`, `lat` in degrees, EPSG:4326, here and below."""

    id: int
    reference: str
    category: str
    category_code: str
    urgent: bool
    state: str
    state_label: str
    version: int
    allowed: list[str]
    text: str
    place: str
    lon: float | None
    lat: float | None
    zone: str | None
    zone_name: str
    submitted_at: datetime
    state_at: datetime
    photos: int
    incident_id: int | None
    incident_code: str | None
    in_service_area: bool
    moderation: str
    language: str


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident in a list; `affected` counts connection points."""

    id: int
    code: str
    title: str
    state: str
    state_label: str
    version: int
    allowed: list[str]
    utility: str
    group_label: str
    zone: str | None
    lon: float | None
    lat: float | None
    affected: int
    opened_at: datetime
    state_at: datetime
    expected_at: datetime | None
    reports: int
    alarms: int
    orders: int


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A work order in a list."""

    id: int
    code: str
    title: str
    state: str
    state_label: str
    version: int
    allowed: list[str]
    utility: str
    priority: int
    priority_label: str
    incident_id: int | None
    incident_code: str | None
    technician_id: int | None
    technician: str | None
    skill: str | None
    place: str
    lon: float | None
    lat: float | None
    due_at: datetime | None
    created_at: datetime
    state_at: datetime
    pause_kind: str


def report_rows(
    user: Person,
    *,
    unlinked_only: bool = False,
    open_only: bool = True,
    limit: int = 200,
    ids: Iterable[int] | None = None,
) -> list[ReportRow]:
    """Return the newest reports a person may see; `ids` asks for these whatever their state."""
    found = scoped.reports(user)
    if ids is not None:
        found = found.filter(pk__in=list(ids))
    elif unlinked_only:
        found = found.ungrouped()
    elif open_only:
        found = found.open()
    return [report_row(report, user) for report in found.with_summary().order_by("-pk")[:limit]]


def incident_rows(
    user: Person, *, open_only: bool = True, limit: int = 200, ids: Iterable[int] | None = None
) -> list[IncidentRow]:
    """Return the newest incidents a person may see; `ids` asks for these whatever their state."""
    found = scoped.incidents(user)
    if ids is not None:
        found = found.filter(pk__in=list(ids))
    elif open_only:
        found = found.open()
    return [incident_row(incident, user) for incident in found.with_summary().order_by("-pk")[:limit]]


def order_rows(
    user: Person, *, open_only: bool = True, limit: int = 200, ids: Iterable[int] | None = None
) -> list[OrderRow]:
    """Return orders a person may see, the most urgent first; `ids` asks for these whatever their state."""
    found = scoped.orders(user)
    if ids is not None:
        found = found.filter(pk__in=list(ids))
    elif open_only:
        found = found.open()
    listed = found.with_summary().order_by("priority", "created_at", "pk")[:limit]
    return [order_row(order, user) for order in listed]


def report_row(report: Report, user: Person) -> ReportRow:
    """Make the row of a report read `with_summary()`."""
    incident_id = report.incident_id  # type: ignore[attr-defined]
    lon, lat = lon_lat(report.geom)
    return ReportRow(
        id=report.pk,
        reference=report.reference,
        category=report.category.name,
        category_code=report.category.code,
        urgent=report.category.urgent,
        state=report.state,
        state_label=labels.report_state(report.state),
        version=report.version,
        allowed=relations.allowed_for_report(report, user),
        text=report.text,
        place=report.place,
        lon=lon,
        lat=lat,
        zone=report.zone.code if report.zone else None,
        zone_name=report.zone.name if report.zone else "",
        submitted_at=report.submitted_at,
        state_at=report.state_at,
        photos=report.photo_count,  # type: ignore[attr-defined]
        incident_id=incident_id,
        incident_code=Incident(pk=incident_id).code if incident_id else None,
        in_service_area=report.in_service_area,
        moderation=report.moderation,
        language=report.language,
    )


def incident_row(incident: Incident, user: Person) -> IncidentRow:
    """Make the row of an incident read `with_summary()`."""
    lon, lat = lon_lat(incident.geom)
    return IncidentRow(
        id=incident.pk,
        code=incident.code,
        title=incident.title,
        state=incident.state,
        state_label=labels.incident_state(incident.state),
        version=incident.version,
        allowed=relations.allowed_for_incident(incident, user),
        utility=incident.utility,
        group_label=incident.group_label,
        zone=incident.zone.code if incident.zone else None,
        lon=lon,
        lat=lat,
        affected=incident.affected_count,
        opened_at=incident.opened_at,
        state_at=incident.state_at,
        expected_at=incident.expected_at,
        reports=incident.report_count,  # type: ignore[attr-defined]
        alarms=incident.alarm_count,  # type: ignore[attr-defined]
        orders=incident.order_count,  # type: ignore[attr-defined]
    )


def order_row(order: WorkOrder, user: Person) -> OrderRow:
    """Make the row of an order read `with_summary()`."""
    lon, lat = lon_lat(order.geom)
    return OrderRow(
        id=order.pk,
        code=order.code,
        title=order.heading,
        state=order.state,
        state_label=labels.order_state(order.state),
        version=order.version,
        allowed=relations.allowed_for_order(order, user),
        utility=order.utility,
        priority=order.priority,
        priority_label=labels.priority(order.priority),
        incident_id=order.incident_id,
        incident_code=order.incident.code if order.incident else None,
        technician_id=order.technician_id,
        technician=str(order.technician) if order.technician else None,
        skill=order.skill.name if order.skill else None,
        place=order.place,
        lon=lon,
        lat=lat,
        due_at=order.due_at,
        created_at=order.created_at,
        state_at=order.state_at,
        pause_kind=order.pause_kind,
    )


def lon_lat(point: Point | None) -> tuple[float | None, float | None]:
    """Return the coordinates of a point that may be missing."""
    return (point.x, point.y) if point else (None, None)
