"""Devices by their health: which are heard, what is wrong with each, and what can be done about it."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core import clock
from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from backend.core.queries.users import roles_of
from gis.queries import public_zones
from gis.queries.networks import networks_by_code
from telemetry.queries.device_facts import facts_of
from telemetry.queries.device_health import DeviceFilter, device_by_code, state_counts
from telemetry.queries.device_words import PROBLEMS, STATES
from telemetry.queries.families import families
from telemetry.queries.quarantine import held_of
from telemetry.queries.sensors import sensors_of_device
from telemetry.queries.sequence_gaps import gap_fact, gaps_for
from telemetry.services import change_device_family
from telemetry.services.clocks import discard_quarantine, release_quarantine
from webmap.attempts import attempt, seen_version, signed_in
from webmap.views.telemetry import EDITORS, READERS

PAGE = 50
MOST_GAPS, MOST_HELD = 20, 10
NAMES = ("state", "problem", "family", "network", "zone", "q")


@never_cache
@require_safe
@role_required(*READERS)
def listed(request: HttpRequest) -> HttpResponse:
    """List the devices a person may see, those that need someone first, with how many are in each state."""
    asked = {name: request.GET.get(name, "")[:100].replace("\0", "") for name in NAMES}
    now, user = clock.now(), request.user
    found = DeviceFilter(words=asked["q"], **{name: asked[name] for name in NAMES if name != "q"})
    counts = state_counts(found.devices(user, now=now))
    pages = Paginator(found.listed(user, now=now), PAGE)
    pages.__dict__["count"] = counts.get(asked["state"], 0) if asked["state"] else sum(counts.values())
    page = pages.get_page(whole_number(request.GET.get("page", "")))
    context = {
        "asked": asked,
        "page": page,
        "rows": facts_of(list(page.object_list), now=now),
        "query": _query(asked),
        "states": [(s, STATES[s], n, _query(asked | {"state": s})) for s, n in counts.items()],
        "total": (sum(counts.values()), _query(asked | {"state": ""})),
        "may_edit": _may_edit(request),
    }
    if getattr(request, "htmx", False):
        return render(request, "telemetry/_devices.html", context)
    choices = {"families": families(), "networks": networks_by_code(), "zones": public_zones()}
    return render(request, "telemetry/devices.html", context | choices | {"problems": PROBLEMS})


@never_cache
@require_safe
@role_required(*READERS)
def one(request: HttpRequest, code: str) -> HttpResponse:
    """Show how one device stands; what may change it is for those who may."""
    now, user = clock.now(), request.user
    device = device_by_code(code, user, now=now)
    if device is None:
        raise Http404
    (facts,) = facts_of([device], now=now)
    gaps = gaps_for(user, device=code).filter(filled_at=None).order_by("-pk")[:MOST_GAPS]
    context = {
        "device": device,
        "facts": facts,
        "gaps": [gap_fact(gap) for gap in gaps],
        "sensors": sensors_of_device(device),
        "may_edit": _may_edit(request),
    }
    if getattr(request, "htmx", False):
        return render(request, "telemetry/_device.html", context)
    of_protocol = [family for family in families() if family.protocol == device.protocol]
    return render(
        request,
        "telemetry/device.html",
        context | {"held": held_of(device, limit=MOST_HELD), "families": of_protocol},
    )


@require_POST
@role_required(*EDITORS)
def quarantine(request: HttpRequest, code: str) -> HttpResponse:
    """Store what is held of a device, with the time corrected or as it was sent, or give it up."""
    device, actor, now = _found(request, code), signed_in(request), clock.now()
    action = request.POST.get("action", "")
    if action == "discard":
        done = discard_quarantine(device=device, actor=actor, now=now)
        text = ngettext("%(n)s reading was given up.", "%(n)s readings were given up.", done)
    elif action in {"corrected", "as_sent"}:
        done = release_quarantine(device=device, how=cast(Any, action), actor=actor, now=now)
        text = ngettext("%(n)s reading was released.", "%(n)s readings were released.", done)
    else:
        raise Http404
    messages.success(request, text % {"n": done}) if done else messages.info(request, _("Nothing is held."))
    return redirect("telemetry_device", code)


@require_POST
@role_required(*EDITORS)
def change_family(request: HttpRequest, code: str) -> HttpResponse:
    """Give a device another family."""
    device, wanted = _found(request, code), request.POST.get("family", "")
    refusal = attempt(
        lambda: change_device_family(
            device=device, code=wanted, actor=signed_in(request), version=seen_version(request)
        )
    )
    if refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The device follows its new family; ingesters know within seconds."))
    return redirect("telemetry_device", code)


def _found(request: HttpRequest, code: str) -> Any:
    device = device_by_code(code, request.user, now=clock.now())
    if device is None:
        raise Http404
    return device


def _may_edit(request: HttpRequest) -> bool:
    return bool(roles_of(request.user) & set(EDITORS))


def _query(asked: dict[str, str]) -> str:
    return urlencode({name: value for name, value in asked.items() if value})
