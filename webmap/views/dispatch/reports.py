"""One report at the desk: what the person says, and what becomes of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core.decorators import role_required
from backend.core.errors import NotFound
from backend.core.queries.users import roles_of
from backend.core.services import audit
from maintenance import queries, services
from webmap.attempts import Refusal, attempt, seen_version, signed_in
from webmap.verbs import report_buttons
from webmap.views.dispatch import DESK

READERS = (*DESK, "agent")


@never_cache
@require_safe
@role_required(*READERS)
def listed(request: HttpRequest) -> HttpResponse:
    """List the reports that wait, and find one by its reference: where an agency agent starts."""
    typed = request.GET.get("reference", "").strip()
    if typed:
        try:
            return redirect("dispatch_report", reference=queries.report(request.user, typed).reference)
        except NotFound:
            pass
    context = {"typed": typed, "reports": queries.report_rows(request.user)}
    return render(request, "dispatch/reports.html", context, status=404 if typed else 200)


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
    at_desk = bool(roles_of(request.user) & set(DESK))
    context = {
        "report": detail.row,
        "detail": detail,
        "at_desk": at_desk,
        "buttons": report_buttons(detail.row.state, detail.row.allowed),
        "incidents": queries.incident_rows(request.user) if at_desk and not detail.row.incident_id else [],
        "refusal": refusal,
        "typed": request.POST if refusal else {},
    }
    return render(request, "dispatch/report.html", context, status=refusal.status if refusal else 200)
