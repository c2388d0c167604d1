"""A technician says what is otherwise than on the map: an element, what differs, a note, a photo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from backend.core.services.photos import clean_photo
from gis.domain.corrections import fields_of
from gis.queries.corrections import corrections_by, mapped
from gis.queries.elements import find_element
from gis.queries.history import table_of
from gis.queries.search import search
from gis.services import record_correction
from webmap.attempts import Refusal, attempt, signed_in

MOST_HITS = 12
MOST_SENT = 20
NO_ELEMENT = {"zone", "sensor", "device"}


@never_cache
@require_safe
@role_required("technician")
def find(request: HttpRequest) -> HttpResponse:
    """Find the element to correct, and list what was sent."""
    words = request.GET.get("q", "")
    hits = [hit for hit in search(words, request.user, MOST_HITS).hits if hit.kind not in NO_ELEMENT]
    context = {"q": words, "hits": hits, "sent": corrections_by(signed_in(request))[:MOST_SENT]}
    return render(request, "field/correction_find.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required("technician")
def write(request: HttpRequest, network: str, kind: str, code: str) -> HttpResponse:
    """Say what differs; the map changes once the office accepts."""
    element = find_element(request.user, network, kind, code)
    refusal = None
    if request.method == "POST":
        refusal = attempt(lambda: _record(request, element))
        if refusal is None:
            messages.success(request, _("Sent to the office. The map changes once it is accepted."))
            return redirect("field_corrections")
    return _form(request, element, kind, refusal)


def _record(request: HttpRequest, element: Any) -> None:
    photo = request.FILES.get("photo")
    record_correction(
        element=element,
        author=signed_in(request),
        changes=_changes(request, element),
        note=request.POST.get("note", ""),
        photo=clean_photo(photo).content if photo else None,
        client_id=_client_id(request),
        seen_version=whole_number(request.POST.get("seen_version", "")),
    )


def _changes(request: HttpRequest, element: Any) -> dict[str, Any]:
    """Return what was filled in, as the service reads it."""
    given: dict[str, Any] = {}
    for field in fields_of(table_of(element), getattr(element, "kind", "connection_point")):
        text = request.POST.get(field, "").strip()
        place = [request.POST.get(axis, "").strip().replace(",", ".") for axis in ("lon", "lat")]
        if field == "place" and any(place):
            given[field] = place
        elif text:
            given[field] = _READ.get(field, _number)(text)
    return given


_READ: dict[str, Callable[[str], Any]] = {
    "address": str,
    "state": str,
    "operable": lambda text: {"yes": True, "no": False}.get(text),
}


def _number(text: str) -> str:
    """Read a decimal comma as what it is."""
    return text.replace(",", ".")


def _form(request: HttpRequest, element: Any, kind: str, refusal: Refusal | None) -> HttpResponse:
    fields = fields_of(table_of(element), kind)
    now = mapped(element, fields)
    context = {
        "element": element,
        "kind": kind,
        "fields": fields,
        "now": now,
        "typed": request.POST if refusal else {},
        "refusal": refusal,
        "client_id": request.POST.get("client_id") or uuid4(),
        "seen_version": whole_number(request.POST.get("seen_version", "")) or element.version,
    }
    return render(request, "field/correction.html", context, status=refusal.status if refusal else 200)


def _client_id(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("client_id", ""))
    except ValueError:
        return None
