"""The technician's day, on a phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core.decorators import role_required
from backend.core.errors import InvalidInput
from maintenance import labels, queries, services
from webmap.attempts import Refusal, attempt, seen_version, signed_in
from webmap.verbs import order_buttons

WAY = ("accepted", "en_route", "on_site", "work_done")


@never_cache
@require_safe
@role_required("technician")
def day(request: HttpRequest) -> HttpResponse:
    """List the technician's orders: the one under way, then those to come, then those done."""
    rows = queries.my_orders(request.user)
    context = {
        "now": [row for row in rows if row.state in {"en_route", "on_site", "paused", "rework"}],
        "next": [row for row in rows if row.state in {"dispatched", "accepted"}],
        "done": [row for row in rows if row.state in {"work_done", "verified"}],
    }
    return render(request, "field/day.html", context)


@never_cache
@require_safe
@role_required("technician")
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """Show one order: where, what is wrong, what to close, and the one thing to do next."""
    return _page(request, order_id)


@require_POST
@role_required("technician")
def transition(request: HttpRequest, order_id: int) -> HttpResponse:
    """Take the order one step on, or say clearly why not."""
    found = queries.order(request.user, order_id)
    refusal = attempt(
        lambda: services.transition_order(
            order=found,
            to=request.POST.get("to", ""),
            actor=signed_in(request),
            reason=request.POST.get("reason", ""),
            version=seen_version(request),
            pause_kind=request.POST.get("pause_kind", ""),
        )
    )
    if refusal:
        return _page(request, order_id, refusal=refusal)
    if request.POST.get("to") == "declined":
        messages.success(
            request, _("You declined %(order)s. The dispatcher is told.") % {"order": found.code}
        )
        return redirect("field")
    return redirect("field_order", order_id=order_id)


@require_POST
@role_required("technician")
def note(request: HttpRequest, order_id: int) -> HttpResponse:
    """Add what was found or done."""
    found = queries.order(request.user, order_id)
    text = request.POST.get("text", "")
    refusal = attempt(
        lambda: services.add_order_note(
            order=found, author=signed_in(request), text=text, client_id=_client_id(request)
        )
    )
    if refusal:
        return _page(request, order_id, refusal=refusal)
    return redirect(f"{request.path.removesuffix('note/')}#notes")


@require_POST
@role_required("technician")
def photo(request: HttpRequest, order_id: int) -> HttpResponse:
    """Add a photo of the place or the work."""
    found = queries.order(request.user, order_id)
    file = request.FILES.get("photo")

    def add() -> None:
        if file is None:
            raise InvalidInput(errors={"photo": [_("Choose a photo first.")]})
        services.add_order_photo(
            order=found, author=signed_in(request), file=file, client_id=_client_id(request)
        )

    refusal = attempt(add)
    if refusal:
        return _page(request, order_id, refusal=refusal)
    return redirect(f"{request.path.removesuffix('photo/')}#photos")


def _page(request: HttpRequest, order_id: int, *, refusal: Refusal | None = None) -> HttpResponse:
    detail = queries.order_detail(request.user, order_id)
    buttons = order_buttons(detail.row.state, detail.row.allowed)
    context: dict[str, Any] = {
        "order": detail.row,
        "detail": detail,
        "main": next((button for button in buttons if not button.grave), None),
        "others": [button for button in buttons if button.grave],
        "way": _way(detail.row.state),
        "pauses": labels.PAUSES.items(),
        "refusal": refusal,
        "note_id": uuid4(),
        "photo_id": uuid4(),
        "typed": request.POST if refusal else {},
    }
    return render(request, "field/order.html", context, status=refusal.status if refusal else 200)


def _way(state: str) -> list[dict[str, Any]]:
    """Say how far along the four steps an order is."""
    reached = {"paused": "on_site", "rework": "on_site", "verified": "work_done", "closed": "work_done"}.get(
        state, state
    )
    here = WAY.index(reached) if reached in WAY else -1
    return [
        {
            "label": labels.order_state(name),
            "step": "done" if place < here else "current" if place == here else "next",
        }
        for place, name in enumerate(WAY)
    ]


def _client_id(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("client_id", ""))
    except ValueError:
        return None
