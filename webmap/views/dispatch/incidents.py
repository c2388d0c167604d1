"""One incident: what speaks for it, what to close, who is affected, who is on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from backend.core.errors import InvalidInput, NotFound
from maintenance import queries, services
from webmap.attempts import Refusal, attempt, seen_version, signed_in
from webmap.forms.days import MomentInput, read_moment
from webmap.verbs import INCIDENT_WAY, incident_buttons, incident_steps
from webmap.views.dispatch import DESK


@never_cache
@require_safe
@role_required(*DESK)
def incident(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Show the incident."""
    return _page(request, incident_id)


@require_POST
@role_required(*DESK)
def transition(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Change the incident's state."""
    found = queries.incident(request.user, incident_id)
    other = whole_number(request.POST.get("into", ""))
    into = queries.incident(request.user, other) if other is not None else None
    return _do(
        request,
        incident_id,
        lambda: services.transition_incident(
            incident=found,
            to=request.POST.get("to", ""),
            actor=signed_in(request),
            reason=request.POST.get("reason", ""),
            version=seen_version(request),
            into=into,
        ),
    )


@require_POST
@role_required(*DESK)
def restoration(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Say when supply will be back; the customers affected are told."""
    found = queries.incident(request.user, incident_id)

    def tell() -> None:
        at = _local_instant(request.POST.get("expected_at", ""))
        services.tell_restoration(
            incident=found, expected_at=at, actor=signed_in(request), version=seen_version(request)
        )

    return _do(request, incident_id, tell, _("The people affected are being told."))


@require_POST
@role_required(*DESK)
def link(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Add a report to the incident."""
    found = queries.incident(request.user, incident_id)
    report = queries.report(request.user, request.POST.get("reference", ""))
    return _do(
        request,
        incident_id,
        lambda: services.link_report(incident=found, report=report, actor=signed_in(request)),
    )


@require_POST
@role_required(*DESK)
def unlink(request: HttpRequest, incident_id: int, member_id: int) -> HttpResponse:
    """Take a report or an alarm out of the incident."""
    found = queries.incident(request.user, incident_id)
    member = found.members.filter(pk=member_id, unlinked_at=None).first()
    if member is None:
        raise NotFound
    return _do(
        request,
        incident_id,
        lambda: services.unlink_member(
            incident=found, member=member, actor=signed_in(request), reason=request.POST.get("reason", "")
        ),
    )


@require_POST
@role_required(*DESK)
def order(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Write a work order for the incident and go on to give it to someone."""
    found = queries.incident(request.user, incident_id)
    written: list[Any] = []
    refusal = attempt(
        lambda: written.append(
            services.create_order_from_incident(
                incident=found, actor=signed_in(request), instructions=request.POST.get("instructions", "")
            )
        )
    )
    if refusal:
        return _page(request, incident_id, refusal=refusal)
    return redirect("dispatch_order", order_id=written[0].pk)


def _do(request: HttpRequest, incident_id: int, change: Callable[[], Any], thanks: str = "") -> HttpResponse:
    if refusal := attempt(change):
        return _page(request, incident_id, refusal=refusal)
    if thanks:
        messages.success(request, thanks)
    return redirect("dispatch_incident", incident_id=incident_id)


def _page(request: HttpRequest, incident_id: int, *, refusal: Refusal | None = None) -> HttpResponse:
    detail = queries.incident_detail(request.user, incident_id)
    alarm_active = any(member.active for member in detail.members)
    state = detail.row.state
    context = {
        "incident": detail.row,
        "detail": detail,
        "buttons": incident_buttons(state, detail.row.allowed, alarm_active=alarm_active),
        "steps": incident_steps(),
        "current": INCIDENT_WAY.index(state) + 1 if state in INCIDENT_WAY else None,
        "others": [row for row in queries.incident_rows(request.user) if row.id != incident_id],
        "unlinked": queries.report_rows(request.user, unlinked_only=True, limit=50),
        "open_orders": any(row.state not in {"closed", "cancelled"} for row in detail.orders),
        "refusal": refusal,
        "expected_field": _expected_field(request.POST.get("expected_at", "") if refusal else ""),
    }
    return render(request, "dispatch/incident.html", context, status=refusal.status if refusal else 200)


def _local_instant(text: str) -> datetime:
    at = read_moment(text)
    if at is None:
        raise InvalidInput(errors={"expected_at": [_("Give a day and an hour.")]})
    return at


def _expected_field(typed: str) -> str:
    """Draw the field that asks when supply is expected back."""
    return MomentInput().render("expected_at", typed, {"id": "expected_at", "required": True})
