"""Sparkplug edge nodes: who was heard, and taking in who is not known yet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.core import clock
from backend.core.decorators import role_required
from backend.core.errors import InvalidInput
from backend.core.queries.users import roles_of
from telemetry.domain.sparkplug.values import type_name
from telemetry.queries.sparkplug import QUANTITIES, edges_seen, metrics_of
from telemetry.services.sparkplug import NewDevice, NewSensor, adopt_edge, decline_edge
from webmap.attempts import attempt, signed_in
from webmap.forms.metrics import QUANTITY_OF, slug
from webmap.views.telemetry import EDITORS, READERS

PAGE = 50
MOST_METRICS = 200
"""Metrics offered at once; the search finds the others."""
WHY = {
    "node_death": gettext_lazy("The edge node said goodbye or its connection broke."),
    "device_death": gettext_lazy("The edge node lost the device."),
    "not_reborn": gettext_lazy("It did not come back with its edge node."),
    "no_birth": gettext_lazy("It did not answer the request for its birth."),
    "host_offline": gettext_lazy("The platform had no connection to the broker."),
}


@never_cache
@require_safe
@role_required(*READERS)
def listed(request: HttpRequest) -> HttpResponse:
    """List the edge nodes and devices heard, those that wait first."""
    found = edges_seen(request.user, with_unknown=_may_edit(request))
    waiting = request.GET.get("show") == "waiting"
    if waiting:
        found = found.filter(device_code=None, declined_at=None)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "waiting": waiting, "why": WHY, "may_edit": _may_edit(request)}
    return render(request, "telemetry/sparkplug.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*READERS)
def edge(request: HttpRequest, edge_id: int) -> HttpResponse:
    """Show one with its metrics; take it in."""
    found = edges_seen(request.user, with_unknown=_may_edit(request)).filter(pk=edge_id).first()
    if found is None or (request.method == "POST" and not _may_edit(request)):
        raise Http404
    made: list[Any] = []
    refusal = None
    if request.method == "POST":
        refusal = attempt(lambda: made.append(adopt_edge(path=found.path, wanted=_wanted(request))))
    if made:
        messages.success(request, _("Taken in as %(code)s: its values are asked for.") % {"code": made[0]})
        return redirect("telemetry_sparkplug_edge", edge_id)
    wanted = request.GET.get("q", "")[:100]
    rows = [_row(place, *told) for place, told in enumerate(metrics_of(found)) if wanted in told[0].name]
    context = {
        "edge": found,
        "why": WHY.get(found.death_reason, ""),
        "rows": rows[:MOST_METRICS],
        "more": len(rows) - MOST_METRICS,
        "wanted": wanted,
        "quantities": QUANTITIES,
        "may_adopt": _may_edit(request) and found.device_code is None,
        "sent": request.POST,
        "proposed": slug(found.path),
        "refusal": refusal,
    }
    return render(request, "telemetry/edge.html", context, status=refusal.status if refusal else 200)


@require_POST
@role_required(*EDITORS)
def decline(request: HttpRequest, edge_id: int) -> HttpResponse:
    """Set one aside, or offer it again."""
    found = edges_seen(request.user, with_unknown=True).filter(pk=edge_id).first()
    if found is None:
        raise Http404
    kept = decline_edge(path=found.path, actor=signed_in(request), now=clock.now())
    messages.success(request, _("Set aside.") if kept.declined_at else _("Offered again."))
    return redirect("telemetry_sparkplug")


def _may_edit(request: HttpRequest) -> bool:
    return bool(roles_of(request.user) & set(EDITORS))


def _row(place: int, metric: Any, may_be_sensor: bool, code: str) -> dict[str, Any]:
    return {
        "place": place,
        "name": metric.name,
        "type": type_name(metric.datatype),
        "text": metric.text,
        "unit": metric.unit,
        "may_be_sensor": may_be_sensor,
        "code": code,
        "key": slug(metric.name),
        "quantity": QUANTITY_OF.get(metric.unit, "other"),
    }


def _wanted(request: HttpRequest) -> NewDevice:
    sent = request.POST
    sensors = [
        NewSensor(
            sent.get(f"name-{place}", ""),
            sent.get(f"key-{place}", "").strip(),
            sent.get(f"quantity-{place}", "other"),
            sent.get(f"unit-{place}", "").strip(),
        )
        for place in sent.getlist("metric")[:MOST_METRICS]
    ]
    return NewDevice(sent.get("code", "").strip(), sent.get("name", "").strip(), _place(sent), sensors)


def _place(sent: Any) -> tuple[float, float] | None:
    """Return longitude and latitude (EPSG:4326), None where neither was given."""
    texts = [sent.get(name, "").strip().replace(",", ".") for name in ("lon", "lat")]
    if not any(texts):
        return None
    try:
        lon, lat = (float(text) for text in texts)
    except ValueError:
        lon = lat = float("nan")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InvalidInput(_("Longitude and latitude are degrees, such as -2.32 and 34.92."))
    return lon, lat
