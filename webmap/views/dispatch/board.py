"""What waits for a decision: proposals, reports, incidents, orders, and who is on shift."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core.decorators import role_required
from maintenance import queries, services
from webmap.attempts import Refusal, attempt, seen_version, signed_in
from webmap.views.dispatch import DESK


@never_cache
@require_safe
@role_required(*DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk whole, or its moving part alone to a script that refreshes it."""
    return _page(request)


@require_POST
@role_required(*DESK)
def accept(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Take a proposal: open the incident, or add the evidence to the one that runs."""
    proposal = queries.proposal(request.user, proposal_id)
    opened: list[Any] = []
    refusal = attempt(
        lambda: opened.append(
            services.accept_proposal(
                proposal=proposal, actor=signed_in(request), version=seen_version(request)
            )
        )
    )
    return (
        _page(request, refusal=refusal)
        if refusal
        else redirect("dispatch_incident", incident_id=opened[0].pk)
    )


@require_POST
@role_required(*DESK)
def dismiss(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Set a proposal aside, with the reason."""
    proposal = queries.proposal(request.user, proposal_id)
    reason = request.POST.get("reason", "")
    refusal = attempt(
        lambda: services.dismiss_proposal(
            proposal=proposal, actor=signed_in(request), reason=reason, version=seen_version(request)
        )
    )
    if refusal:
        return _page(request, refusal=refusal)
    messages.success(request, _("The proposal was set aside."))
    return redirect("dispatch")


def _page(request: HttpRequest, *, refusal: Refusal | None = None) -> HttpResponse:
    user = request.user
    board = queries.dispatch_board(user)
    incidents = queries.incident_rows(user)
    proposals = queries.proposal_rows(user)
    proposed = {line.reference for proposal in proposals for line in proposal.evidence}
    alone = queries.report_rows(user, unlinked_only=True, limit=50)
    context = {
        "refusal": refusal,
        "proposals": proposals,
        "incidents": incidents,
        "reports": [report for report in alone if report.reference not in proposed],
        "board": board,
        "to_verify": [row for row in queries.order_rows(user) if row.state == "work_done"],
        "on_shift": sum(technician.on_shift for technician in board.technicians),
    }
    moving = getattr(request, "htmx", False) and request.method == "GET"
    template = "dispatch/_desk.html" if moving else "dispatch/desk.html"
    return render(request, template, context, status=refusal.status if refusal else 200)
