"""What anyone who holds a reference may know: how far it is, and nothing personal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.core import clock
from maintenance import labels
from maintenance.domain.references import parse_reference
from maintenance.domain.states import INCIDENT_RUNNING, REOPENING_WINDOW
from maintenance.models import Incident, Report

MAIN_STEPS = ("received", "triaged", "in_progress", "resolved")
REACHED = {
    "submitted": 0,
    "received": 0,
    "triaged": 1,
    "info_requested": 1,
    "linked": 1,
    "in_progress": 2,
    "resolved": 3,
    "closed": 3,
    "reopen_requested": 0,
}


@dataclass(frozen=True, slots=True)
class TrackStep:
    """One step on the way; `at` is when it was reached, if it was."""

    state: str
    label: str
    at: datetime | None
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class TrackedReport:
    """A report as its tracking page shows it: no text, no phone, no exact place."""

    reference: str
    category: str
    category_code: str
    state: str
    state_label: str
    version: int
    submitted_at: datetime
    changed_at: datetime
    zone: str | None
    zone_name: str
    in_service_area: bool
    steps: tuple[TrackStep, ...]
    question: str
    explanation: str
    expected_at: datetime | None
    can_reopen_until: datetime | None
    has_phone: bool
    photo_count: int
    duplicate_of: str | None


def track(reference: str) -> TrackedReport | None:
    """Return what the public may know of a report, by its reference however typed; None without one."""
    found = Report.objects.select_related("category", "zone", "duplicate_of")
    report = found.filter(reference=parse_reference(reference) or "").first()
    if report is None:
        return None
    changes = list(report.transitions.order_by("pk"))
    reasons = {change.to_state: change.reason for change in changes}
    return TrackedReport(
        reference=report.reference,
        category=report.category.name,
        category_code=report.category.code,
        state=report.state,
        state_label=labels.report_state(report.state),
        version=report.version,
        submitted_at=report.submitted_at,
        changed_at=report.state_at,
        zone=report.zone.code if report.zone else None,
        zone_name=report.zone.name if report.zone else "",
        in_service_area=report.in_service_area,
        steps=_steps(report.state, {change.to_state: change.occurred_at for change in changes}),
        question=reasons.get("info_requested", "") if report.state == "info_requested" else "",
        explanation=reasons.get(report.state, "") if report.state in {"rejected", "out_of_scope"} else "",
        expected_at=_expected_at(report),
        can_reopen_until=_reopenable_until(report),
        has_phone=bool(report.phone),
        photo_count=report.photos.count(),
        duplicate_of=report.duplicate_of.reference if report.duplicate_of else None,
    )


def _steps(state: str, reached_at: dict[str, datetime]) -> tuple[TrackStep, ...]:
    if state not in REACHED:
        return tuple(
            TrackStep(name, labels.report_state(name), reached_at.get(name), done=True, current=name == state)
            for name in ("received", state)
        )
    here = REACHED[state]
    return tuple(
        TrackStep(
            name,
            labels.report_state(name),
            reached_at.get(name) if place <= here else None,
            done=place <= here,
            current=place == here,
        )
        for place, name in enumerate(MAIN_STEPS)
    )


def _expected_at(report: Report) -> datetime | None:
    if report.state not in {"linked", "in_progress"}:
        return None
    running = Incident.objects.filter(
        members__report=report, members__unlinked_at=None, state__in=INCIDENT_RUNNING
    )
    return running.values_list("expected_at", flat=True).first()


def _reopenable_until(report: Report) -> datetime | None:
    if report.state not in {"resolved", "closed"}:
        return None
    until = report.state_at + REOPENING_WINDOW
    return until if clock.now() <= until else None
