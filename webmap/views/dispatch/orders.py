"""One order at the desk: who should go and why, how it goes, whether the work is good."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core.decorators import role_required
from backend.core.errors import InvalidInput
from maintenance import queries, services
from maintenance.domain.states import ORDER_ASSIGNABLE
from webmap.attempts import Refusal, attempt, seen_version, signed_in
from webmap.verbs import order_buttons
from webmap.views.dispatch import DESK


@never_cache
@require_safe
@role_required(*DESK)
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """Show the order."""
    return _page(request, order_id)


@require_POST
@role_required(*DESK)
def assign(request: HttpRequest, order_id: int) -> HttpResponse:
    """Give the order to a technician; of two dispatchers at once, the second is told."""
    found = queries.order(request.user, order_id)
    known = {str(technician.pk): technician for technician in queries.technicians_for(request.user)}

    def give() -> None:
        technician = known.get(request.POST.get("technician", ""))
        if technician is None:
            raise InvalidInput(errors={"technician": [_("Choose a technician.")]})
        services.assign(
            order=found, technician=technician, actor=signed_in(request), version=seen_version(request)
        )
        messages.success(
            request, _("%(order)s was given to %(name)s.") % {"order": found.code, "name": technician}
        )

    if refusal := attempt(give):
        return _page(request, order_id, refusal=refusal)
    return redirect("dispatch_order", order_id=order_id)


@require_POST
@role_required(*DESK)
def transition(request: HttpRequest, order_id: int) -> HttpResponse:
    """Verify, send back, cancel or close."""
    found = queries.order(request.user, order_id)
    refusal = attempt(
        lambda: services.transition_order(
            order=found,
            to=request.POST.get("to", ""),
            actor=signed_in(request),
            reason=request.POST.get("reason", ""),
            version=seen_version(request),
        )
    )
    return (
        _page(request, order_id, refusal=refusal)
        if refusal
        else redirect("dispatch_order", order_id=order_id)
    )


def _page(request: HttpRequest, order_id: int, *, refusal: Refusal | None = None) -> HttpResponse:
    detail = queries.order_detail(request.user, order_id)
    assignable = detail.row.state in ORDER_ASSIGNABLE
    suggestions = (
        queries.suggest_technicians(order=queries.order(request.user, order_id)) if assignable else []
    )
    suggested = {suggestion.technician.pk for suggestion in suggestions}
    context = {
        "order": detail.row,
        "detail": detail,
        "assignable": assignable,
        "suggestions": suggestions,
        "others": [t for t in queries.technicians_for(request.user) if t.pk not in suggested]
        if assignable
        else [],
        "buttons": order_buttons(detail.row.state, _asked_for(detail.row.allowed)),
        "refusal": refusal,
        "typed": request.POST if refusal else {},
    }
    return render(request, "dispatch/order.html", context, status=refusal.status if refusal else 200)


def _asked_for(allowed: list[str]) -> list[str]:
    """Leave out the steps that giving the order takes by itself."""
    return [to for to in allowed if to not in {"approved", "planned"}]
