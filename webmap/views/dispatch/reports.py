"""One report at the desk: what the person says, and what becomes of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core.decorators import role_required
from backend.core.services import audit
from maintenance import queries, services
from webmap.attempts import Refusal, attempt, seen_version, signed_in
from webmap.verbs import report_buttons
from webmap.views.dispatch import DESK

READERS = (*DESK, "agent")


@never_cache
@require_safe
@role_required(*READERS)
def report(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the report."""
    return _page(request, reference)


@require_POST
@role_required(*READERS)
def transition(request: HttpRequest, reference: str) -> HttpResponse:
    """Change the report's state."""
    found = queries.report(request.user, reference)
    original = request.POST.get("duplicate_of", "").strip()
    duplicate_of = queries.report(request.user, original) if original else None
    refusal = attempt(
        lambda: services.transition_report(
            report=found,
            to=request.POST.get("to", ""),
            actor=signed_in(request),
            reason=request.POST.get("reason", ""),
            version=seen_version(request),
            duplicate_of=duplicate_of,
        )
    )
    return (
        _page(request, reference, refusal=refusal)
        if refusal
        else redirect("dispatch_report", reference=reference)
    )


@require_POST
@role_required(*DESK)
def open_incident(request: HttpRequest, reference: str) -> HttpResponse:
    """Open an incident from this one report."""
    found = queries.report(request.user, reference)
    opened: list[Any] = []
    refusal = attempt(
        lambda: opened.append(services.open_incident(actor=signed_in(request), reports=[found]))
    )
    if refusal:
        return _page(request, reference, refusal=refusal)
    return redirect("dispatch_incident", incident_id=opened[0].pk)


def _page(request: HttpRequest, reference: str, *, refusal: Refusal | None = None) -> HttpResponse:
    detail = queries.report_detail(request.user, reference)
    if detail.phone:
        audit.record(
            actor=signed_in(request), action="maintenance.phone_read", subject=f"report:{detail.row.id}"
        )
    context = {
        "report": detail.row,
        "detail": detail,
        "buttons": report_buttons(detail.row.state, detail.row.allowed),
        "incidents": [] if detail.row.incident_id else queries.incident_rows(request.user),
        "refusal": refusal,
        "typed": request.POST if refusal else {},
    }
    return render(request, "dispatch/report.html", context, status=refusal.status if refusal else 200)
