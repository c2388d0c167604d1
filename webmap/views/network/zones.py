"""Zones in their hierarchy at a time: the list, its map, and a new zone drawn on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from backend.core import clock
from backend.core.decorators import role_required
from backend.core.errors import PermissionRefused
from backend.core.queries.users import roles_of
from gis.queries import zoning
from gis.services import NewZone, draw_zone
from webmap.attempts import Refusal, attempt, signed_in
from webmap.forms.days import DayInput, read_day
from webmap.forms.zones import NewZoneForm
from webmap.views.network import EDITORS, READERS
from webmap.views.network.zone_map import map_of

ROWS_A_PAGE = 100
INDENTS = 4
"""Levels that the list shows by their indent; deeper ones stand at the last."""


@never_cache
@require_safe
@role_required(*READERS)
def zones(request: HttpRequest) -> HttpResponse:
    """List the zones in force on a day, now unless told, below those they hang from."""
    asked, at = _filters(request), _at(request)
    rows = zoning.zone_tree(at=at, **asked)
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    listed = zoning.counted(list(page), at=at)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "rows": [{"row": row, "indent": min(row.depth, INDENTS)} for row in listed],
        "asked": {**asked, "at": request.GET.get("at", "")},
        "day": day_field(read_day(request.GET.get("at", ""))),
        "kinds": zoning.KINDS,
        "utilities": zoning.UTILITIES,
        "query": query.urlencode(),
        "may_edit": may_edit(request),
        "waiting": zoning.open_proposals(request.user).count(),
        "map": map_of("network_zones_outlines", query=query.urlencode()),
    }
    return render(request, "network/zones.html", context)


@never_cache
@require_safe
@role_required(*READERS)
def outlines(request: HttpRequest) -> HttpResponse:
    """Give the outlines of the list to its map."""
    asked = _filters(request)
    found = zoning.outlines_at(at=_at(request), kind=asked["kind"], utility=asked["utility"])
    return HttpResponse(found, content_type="application/geo+json")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITORS)
def draw(request: HttpRequest) -> HttpResponse:
    """Draw a new zone."""
    form = NewZoneForm(request.POST or None)
    made: list[Any] = []
    refusal = attempt(lambda: made.append(_drawn(request, form))) if request.method == "POST" else None
    if made:
        messages.success(request, _("The zone was drawn."))
        return redirect("network_zone", code=made[0].zone.code)
    return _drawing(request, form, refusal)


def day_field(day: date | None) -> str:
    """Draw the field that asks for a day."""
    return DayInput().render("at", day, {"id": "at"})


def may_edit(request: HttpRequest) -> bool:
    """Say whether who is signed in may change zones."""
    return bool(roles_of(request.user) & set(EDITORS))


def _drawn(request: HttpRequest, form: NewZoneForm) -> Any:
    asked = form.checked()
    if not zoning.answers_for_ground(request.user, asked["outline"]):
        raise PermissionRefused(_("You answer for another ground than this."))
    new = NewZone(
        asked["code"],
        asked["kind"],
        asked["name_fr"],
        asked["name_ar"],
        asked["outline"],
        asked["utility"] or None,
        asked["parent"] or None,
        asked["at"],
    )
    return draw_zone(new=new, neighbours=asked["neighbours"], actor=signed_in(request))


def _drawing(request: HttpRequest, form: NewZoneForm, refusal: Refusal | None) -> HttpResponse:
    context = {
        "form": form,
        "refusal": refusal,
        "title": _("Draw a zone"),
        "text": _("Click on the map to set the corners, and on the first one to close the outline."),
        "map": map_of("network_zones_outlines", mode="polygon"),
    }
    return render(request, "network/zone_draw.html", context, status=refusal.status if refusal else 200)


def _filters(request: HttpRequest) -> dict[str, str]:
    kind, utility = request.GET.get("kind", ""), request.GET.get("utility", "")
    return {
        "kind": kind if kind in dict(zoning.KINDS) else "",
        "utility": utility if utility in dict(zoning.UTILITIES) else "",
        "text": request.GET.get("q", "").strip()[:60],
    }


def _at(request: HttpRequest) -> datetime:
    """Return the noon of the day asked for; the instant itself where none, or today, is."""
    now, day = clock.now(), read_day(request.GET.get("at", ""))
    if day is None:
        return now
    start, end = clock.day_bounds(day)
    return now if start <= now < end else start + (end - start) / 2
