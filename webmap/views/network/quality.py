"""The quality queue: what is wrong with the networks, on a map and in a list; repaired there or set aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from backend.core import clock
from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from backend.core.errors import ChabakaError
from backend.core.queries.users import roles_of
from backend.core.services.work import hand_over
from gis.queries import quality as queue
from gis.queries.networks import network_sizes, networks_box
from gis.services import quality as services
from gis.tasks import check_networks, repair_findings
from webmap.attempts import seen_version, signed_in
from webmap.views.network import EDITORS, READERS
from webmap.views.network.findings import (
    Asked,
    LastChecks,
    back_to,
    bulk_repairs,
    check_choices,
    finding_rows,
    state_links,
)

MOST_AT_ONCE = 100
"""Repairs made while the person waits; more are made by the worker."""
MOST_BY_WORKER = 5000
ASKED = "quality_check_asked"
"""Where the session keeps when its person last asked for a check, and of which network."""


@never_cache
@require_safe
@ensure_csrf_cookie
@role_required(*READERS)
def listed(request: HttpRequest) -> HttpResponse:
    """Show a page of findings, beside the map of all that are asked for."""
    user, asked = signed_in(request), Asked.of(request.GET)
    checks = LastChecks.of(asked.network, request.session.get(ASKED))
    if request.headers.get("HX-Request"):
        answer = render(request, "network/_checked.html", {"checks": checks, "asked": asked})
        if not checks.running_since:
            answer["HX-Refresh"] = "true"
        return answer
    counts = queue.finding_counts(asked.rows(user, of_check=False))
    rows, after = finding_rows(asked, user)
    total = counts.get(asked.check, 0) if asked.check else sum(counts.values())
    context = {
        "asked": asked,
        "rows": rows,
        "total": total,
        "next": asked.query(after=after) if after else "",
        "checks": checks,
        "check_choices": check_choices(counts, asked.check),
        "everything": sum(counts.values()),
        "networks": [size.network for size in network_sizes()],
        "extent": queue.findings_extent(asked.rows(user)) or networks_box(),
        "can_decide": bool(roles_of(user) & set(EDITORS)),
        "basemap": settings.BASEMAP_STYLE_URL or "",
        "shown": asked.query(after=asked.after, finding=asked.finding),
        "all_href": asked.query(),
        "places": asked.query(state="") if asked.finding else asked.query(),
        "states": state_links(asked),
        "bulk_repairs": bulk_repairs(rows) if asked.check else [],
    }
    return render(request, "network/quality.html", context)


@require_POST
@role_required(*EDITORS)
def repair(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Make the repair suggested."""
    finding = queue.finding(signed_in(request), finding_id)
    return _attempt(
        request,
        lambda: services.repair_finding(
            finding=finding,
            actor=signed_in(request),
            version=seen_version(request),
            choice=request.POST.get("choice", ""),
            repair=request.POST.get("repair", ""),
        ),
        _("Repaired. What lies around was checked again."),
    )


@require_POST
@role_required(*EDITORS)
def reopen(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Undo a repair, or stop ignoring."""
    finding = queue.finding(signed_in(request), finding_id)
    return _attempt(
        request,
        lambda: services.reopen_finding(
            finding=finding, actor=signed_in(request), version=seen_version(request)
        ),
        _("Taken back: it waits again."),
    )


@require_POST
@role_required(*EDITORS)
def decide(request: HttpRequest) -> HttpResponse:
    """Repair or ignore those ticked, or all that the page was asked for."""
    user = signed_in(request)
    if request.POST.get("all"):
        asked = back_to(request)
        chosen = list(asked.rows(user).values_list("pk", flat=True)[:MOST_BY_WORKER])
    else:
        ticked = [whole_number(text) for text in request.POST.getlist("ids")]
        chosen = [pk for pk in ticked if pk is not None][:MOST_AT_ONCE]
    if not chosen:
        messages.warning(request, _("Nothing was ticked."))
        return _back(request)
    action, _colon, named = request.POST.get("action", "").partition(":")
    if action == "ignore":
        return _attempt(request, lambda: _tell(request, _ignore(request, chosen)))
    if len(chosen) > MOST_AT_ONCE:
        return _attempt(
            request,
            lambda: hand_over(repair_findings, chosen, user.pk, named),
            _("The repairs were handed to the worker; this page shows them as they are made."),
        )
    rows = queue.findings(user, ids=chosen)
    return _attempt(
        request,
        lambda: _tell(request, services.repair_findings(findings=rows, actor=user, repair=named)),
    )


@require_POST
@role_required(*EDITORS)
def check(request: HttpRequest) -> HttpResponse:
    """Have one network checked, or all of them and the zones."""
    try:
        text = request.POST.get("tolerance", "").replace(",", ".")
        tolerance_m = float(text) if text else None
    except ValueError:
        tolerance_m = None
    if tolerance_m is not None and not 0 < tolerance_m <= 10:
        messages.error(request, _("The tolerance is between 0 and 10 metres."))
        return _back(request)
    network = request.POST.get("network") or None

    def ask() -> None:
        hand_over(check_networks, network, tolerance_m, signed_in(request).pk)
        request.session[ASKED] = [clock.now().isoformat(), network]

    return _attempt(request, ask)


def _ignore(request: HttpRequest, chosen: list[int]) -> services.Decided:
    user = signed_in(request)
    return services.ignore_findings(
        findings=queue.findings(user, ids=chosen), actor=user, reason=request.POST.get("reason", "")
    )


def _tell(request: HttpRequest, decided: services.Decided) -> None:
    if decided.done:
        text = ngettext("%(n)s finding was decided.", "%(n)s findings were decided.", decided.done)
        messages.success(request, text % {"n": decided.done})
    for why in sorted(set(decided.refused.values())):
        number = sum(1 for other in decided.refused.values() if other == why)
        messages.warning(request, _("Left as they are: %(n)s. %(why)s") % {"n": number, "why": why})


def _attempt(request: HttpRequest, change: Callable[[], Any], said: str = "") -> HttpResponse:
    """Make a change and go back to the page; a refusal is told there."""
    try:
        change()
        if said:
            messages.success(request, said)
    except ChabakaError as error:
        told = [line for lines in error.extra.get("errors", {}).values() for line in lines]
        messages.error(request, " ".join(told) or error.detail)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    asked = back_to(request)
    return redirect(reverse("network_quality") + asked.query(after=asked.after, finding=asked.finding))
