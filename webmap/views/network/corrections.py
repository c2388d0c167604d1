"""What the field found otherwise than mapped: accept it into the network, or say why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core.api.photos import served
from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from backend.core.queries.users import roles_of
from gis import services
from gis.domain.corrections import CorrectionState
from gis.errors import EditedMeanwhile, NoSuchElement
from gis.queries.corrections import correction, corrections, sheets
from webmap.attempts import Refusal, attempt, seen_version, signed_in
from webmap.views.network import EDITORS, READERS

A_PAGE = 20


@never_cache
@require_safe
@role_required(*READERS)
def review(request: HttpRequest) -> HttpResponse:
    """List corrections: those to decide, or those accepted or refused."""
    return _page(request)


@require_POST
@role_required(*EDITORS)
def accept(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Put what was found into the network."""
    found = correction(signed_in(request), correction_id)

    def change() -> None:
        services.accept_correction(
            correction=found,
            actor=signed_in(request),
            version=seen_version(request),
            element_version=whole_number(request.POST.get("element_version", "")) or 0,
        )

    return _decided(request, change, _("Accepted: the network says it from now on."))


@require_POST
@role_required(*EDITORS)
def refuse(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Leave the network as it is, with a reason."""
    found = correction(signed_in(request), correction_id)

    def change() -> None:
        services.refuse_correction(
            correction=found,
            actor=signed_in(request),
            version=seen_version(request),
            reason=request.POST.get("reason", ""),
        )

    return _decided(request, change, _("Refused: the network stays as it is."))


@never_cache
@require_safe
@role_required(*READERS)
def photo(request: HttpRequest, correction_id: int) -> FileResponse:
    """Serve the photo of a correction."""
    found = correction(signed_in(request), correction_id)
    if not found.photo:
        raise Http404
    return served(found.photo, found.client_id)


def _decided(request: HttpRequest, change: Callable[[], None], told: str) -> HttpResponse:
    refusal: Refusal | None
    try:
        refusal = attempt(change)
    except (EditedMeanwhile, NoSuchElement) as error:
        refusal = Refusal(409, error.detail, conflict=isinstance(error, EditedMeanwhile))
    if refusal:
        return _page(request, refusal)
    messages.success(request, told)
    return redirect("network_corrections")


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    states = [state.value for state in CorrectionState]
    state = request.GET.get("state", states[0])
    state = state if state in states else states[0]
    page = Paginator(corrections(signed_in(request), state), A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "sheets": sheets(list(page.object_list)),
        "state": state,
        "states": [
            (CorrectionState.WAITING.value, _("To decide")),
            (CorrectionState.ACCEPTED.value, _("Those accepted")),
            (CorrectionState.REFUSED.value, _("Those refused")),
        ],
        "may_decide": bool(roles_of(request.user) & set(EDITORS)),
        "refusal": refusal,
    }
    return render(request, "network/corrections.html", context, status=refusal.status if refusal else 200)
