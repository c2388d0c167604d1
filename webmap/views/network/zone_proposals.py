"""Zones that the networks suggest: have them proposed, take them, set them aside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from gis.queries import zoning
from gis.services import Neighbours, accept_proposal, dismiss_proposal, propose_zones
from webmap.attempts import Refusal, attempt, signed_in
from webmap.forms.zones import ProposeForm
from webmap.views.network import EDITORS, READERS
from webmap.views.network.zone_map import map_of
from webmap.views.network.zones import may_edit

A_PAGE = 50


@never_cache
@require_safe
@role_required(*READERS)
def proposals(request: HttpRequest) -> HttpResponse:
    """List what is proposed."""
    return _page(request, ProposeForm())


@require_POST
@role_required(*EDITORS)
def propose(request: HttpRequest) -> HttpResponse:
    """Look at a network anew and propose its areas, in the place of what was proposed of it before."""
    form = ProposeForm(request.POST)
    found: list[Any] = []

    def look() -> None:
        asked = form.checked()
        found.extend(
            propose_zones(network_code=asked["network"], borders=asked["borders"], fewest=asked["fewest"])
        )

    if refusal := attempt(look):
        return _page(request, form, refusal)
    told = ngettext("%(n)s zone is proposed.", "%(n)s zones are proposed.", len(found)) % {"n": len(found)}
    messages.success(request, told)
    return redirect("network_zone_proposals")


@never_cache
@require_safe
@role_required(*READERS)
def outlines(request: HttpRequest) -> HttpResponse:
    """Give the outlines of a page of proposals to its map."""
    page = _listed(request)
    found = zoning.proposal_outlines([one.pk for one in page])
    return HttpResponse(found, content_type="application/geo+json")


@require_POST
@role_required(*EDITORS)
def decide(request: HttpRequest) -> HttpResponse:
    """Take or set aside the proposals ticked."""
    ticked = [number for text in request.POST.getlist("proposal") if (number := whole_number(text))]
    mine = set(zoning.open_proposals(request.user).filter(pk__in=ticked).values_list("pk", flat=True))
    if not mine:
        return _page(request, ProposeForm(), Refusal(422, _("Tick the proposals first.")))
    dismissed = request.POST.get("decision") == "dismiss"
    for number, pk in enumerate(sorted(mine)):
        if refusal := attempt(lambda pk=pk: _decided(request, pk, dismissed)):  # type: ignore[misc]
            said = _("%(n)s were done before this one.") % {"n": number} if number else ""
            told = Refusal(refusal.status, f"{refusal.message} {said}".strip())
            return _page(request, ProposeForm(), told)
    messages.success(request, _("Done."))
    return redirect("network_zone_proposals")


def _decided(request: HttpRequest, pk: int, dismissed: bool) -> None:
    if dismissed:
        reason = request.POST.get("reason", "")[:200]
        dismiss_proposal(proposal_id=pk, actor=signed_in(request), reason=reason)
        return
    zoning.check_proposal(request.user, pk)
    accept_proposal(
        proposal_id=pk,
        actor=signed_in(request),
        neighbours=Neighbours.TAKE,
        redraw=request.POST.get("decision") == "redraw",
        parent=request.POST.get("parent") or None,
    )


def _listed(request: HttpRequest) -> Any:
    return Paginator(zoning.open_proposals(request.user), A_PAGE).get_page(request.GET.get("page"))


def _page(request: HttpRequest, form: ProposeForm, refusal: Refusal | None = None) -> HttpResponse:
    page = _listed(request)
    context = {
        "page": page,
        "form": form,
        "refusal": refusal,
        "may_edit": may_edit(request),
        "map": map_of("network_zone_proposal_outlines", query=f"page={page.number}"),
    }
    return render(request, "network/zone_proposals.html", context, status=refusal.status if refusal else 200)
