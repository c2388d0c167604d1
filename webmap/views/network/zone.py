"""One zone: its periods, what it came from, and everything that can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from backend.core.errors import InvalidInput
from gis.queries import zoning
from gis.queries.zone_changes import zone_changes
from gis.services import Neighbours, close_zone, describe_zone, merge_zones, redraw_zone, split_zone
from webmap.attempts import Refusal, attempt, seen_version, signed_in
from webmap.forms.zones import ChangeForm, CloseForm, DescribeForm, MergeForm, RedrawForm, SplitForm
from webmap.views.network import EDITORS, READERS
from webmap.views.network.zone_map import map_of
from webmap.views.network.zones import may_edit


@never_cache
@require_safe
@role_required(*READERS)
def zone(request: HttpRequest, code: str) -> HttpResponse:
    """Show a zone."""
    return _page(request, code)


@never_cache
@require_safe
@role_required(*READERS)
def outlines(request: HttpRequest, code: str) -> HttpResponse:
    """Give a zone's outline, its former ones and its neighbours' to its map."""
    zoning.zone_history(code)
    return HttpResponse(zoning.outlines_of(code), content_type="application/geo+json")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITORS)
def redraw(request: HttpRequest, code: str) -> HttpResponse:
    """Move the boundary."""
    found = zoning.redrawable_zone(request.user, code)
    form = RedrawForm(request.POST or None, initial={"outline": found.geom.json})

    def change() -> None:
        asked = form.checked()
        takes = asked["neighbours"] == Neighbours.TAKE
        zoning.check_redrawing(request.user, found, asked["outline"], takes=takes)
        done = redraw_zone(
            code=code,
            geom=asked["outline"],
            at=asked["at"],
            neighbours=asked["neighbours"],
            actor=signed_in(request),
            reason=asked["reason"],
            version=seen_version(request),
        )
        _tell(request, done.neighbours)

    return _drawing(
        request,
        found,
        form,
        change,
        title=_("Redraw %s") % found.name,
        text=_("Drag the corners; drag the middle of a side to add one."),
        mode="edit",
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITORS)
def split(request: HttpRequest, code: str) -> HttpResponse:
    """Part the zone along a line."""
    found = zoning.editable_zone(request.user, code)
    form = SplitForm(request.POST or None)

    def change() -> None:
        asked = form.checked()
        if asked["outline"].geom_type != "LineString":
            raise InvalidInput(errors={"outline": [_("Draw one line.")]})
        done = split_zone(
            code=code,
            line=asked["outline"],
            at=asked["at"],
            actor=signed_in(request),
            reason=asked["reason"],
            version=seen_version(request),
        )
        names = ", ".join(one.code for one in done.after)
        messages.success(request, _("The zone was split into %s.") % names)

    return _drawing(
        request,
        found,
        form,
        change,
        title=_("Split %s") % found.name,
        text=_("Draw a line across the zone, from outside to outside; double-click ends it."),
        mode="line",
    )


@require_POST
@role_required(*EDITORS)
def describe(request: HttpRequest, code: str) -> HttpResponse:
    """Give the zone its names and its place in the hierarchy."""
    form = DescribeForm(request.POST)

    def change() -> None:
        asked = form.checked()
        describe_zone(
            code=zoning.editable_zone(request.user, code).code,
            name_fr=asked["name_fr"],
            name_ar=asked["name_ar"],
            parent=asked["parent"] or None,
            actor=signed_in(request),
            version=seen_version(request),
        )

    return _after(request, code, attempt(change), _("The zone was described."), describe=form)


@require_POST
@role_required(*EDITORS)
def close(request: HttpRequest, code: str) -> HttpResponse:
    """End the zone."""
    form = CloseForm(request.POST, auto_id="close_%s")

    def change() -> None:
        asked = form.checked()
        close_zone(
            code=zoning.editable_zone(request.user, code).code,
            at=asked["at"],
            actor=signed_in(request),
            reason=asked["reason"],
            version=seen_version(request),
        )

    return _after(request, code, attempt(change), _("The zone has ended; its past stays."), close=form)


@require_POST
@role_required(*EDITORS)
def merge(request: HttpRequest, code: str) -> HttpResponse:
    """Make one zone of this one and others."""
    form = MergeForm(request.POST, auto_id="merge_%s")

    def change() -> None:
        asked = form.checked()
        codes = [code, *asked["others"]]
        merge_zones(
            codes=[zoning.editable_zone(request.user, one).code for one in codes],
            code=asked["code"],
            name_fr=asked["name_fr"],
            name_ar=asked["name_ar"],
            at=asked["at"],
            actor=signed_in(request),
            reason=asked["reason"],
        )

    refusal = attempt(change)
    after = code if refusal else form.cleaned_data["code"]
    return _after(request, after, refusal, _("The zones are one."), merge=form)


def _after(
    request: HttpRequest, code: str, refusal: Refusal | None, told: str, **sent: ChangeForm
) -> HttpResponse:
    """Go to the zone; after a refusal, show what was sent again."""
    if refusal:
        return _page(request, code, refusal, **sent)
    messages.success(request, told)
    return redirect("network_zone", code=code)


def _page(
    request: HttpRequest, code: str, refusal: Refusal | None = None, **sent: ChangeForm
) -> HttpResponse:
    history = zoning.zone_history(code)
    found = history.zone
    names = {"name_fr": found.name_fr, "name_ar": found.name_ar, "parent": found.parent and found.parent.code}
    context = {
        "zone": found,
        "history": history,
        "changes": zone_changes(code, before=whole_number(request.GET.get("before", ""))),
        "refusal": refusal,
        "may_edit": may_edit(request) and found.valid.upper is None,
        "describe": DescribeForm(initial=names),
        "close": CloseForm(auto_id="close_%s"),
        "merge": MergeForm(auto_id="merge_%s"),
        "map": map_of("network_zone_outlines", code),
        "sent": next(iter(sent), ""),
        **sent,
    }
    return render(request, "network/zone.html", context, status=refusal.status if refusal else 200)


def _drawing(
    request: HttpRequest, found: Any, form: ChangeForm, change: Callable[[], None], **words: Any
) -> HttpResponse:
    """Show a map to draw on and its form; carry the change out when it was sent."""
    refusal = attempt(change) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        return redirect("network_zone", code=found.code)
    mode = words.pop("mode")
    context = {"zone": found, "form": form, "refusal": refusal, **words}
    context["map"] = map_of("network_zone_outlines", found.code, mode=mode)
    return render(request, "network/zone_draw.html", context, status=refusal.status if refusal else 200)


def _tell(request: HttpRequest, neighbours: tuple[str, ...]) -> None:
    told = _("The boundary was moved.")
    if neighbours:
        count = len(neighbours)
        told += " " + ngettext("%(n)s neighbour gave way.", "%(n)s neighbours gave way.", count) % {
            "n": count
        }
    messages.success(request, told)
