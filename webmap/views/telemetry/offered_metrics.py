"""What edge nodes announce and no sensor of a family takes yet: offered on its page, taken with a click."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from telemetry.domain.sparkplug.values import type_name
from telemetry.queries.sparkplug import OfferedMetric, edges_seen, offered_metrics
from webmap.forms.families import Draft
from webmap.forms.metrics import row_for
from webmap.forms.row_moves import TAKE
from webmap.forms.sensor_rows import SensorRow

MOST_OFFERED, MOST_EDGES = 40, 200


def taken_row(request: HttpRequest, kept: Any) -> SensorRow | None:
    """Return the row of the metric that someone takes for a sensor."""
    wanted = request.POST.get("action", "")
    if not wanted.startswith(TAKE):
        return None
    metrics = _offered(request, kept, request.POST.get("like", ""))
    found = next((one for one in metrics if one.name == wanted.removeprefix(TAKE)), None)
    return row_for(found.name, found.unit) if found else None


def _offered(request: HttpRequest, kept: Any, like: str) -> list[OfferedMetric]:
    keys = [sensor["key"] for sensor in kept.sensors] if kept else []
    return offered_metrics(request.user, family=kept.code if kept else "", like=like, but=keys)


def metrics_context(request: HttpRequest, kept: Any, draft: Draft, sent: dict[str, str]) -> dict[str, Any]:
    """Return what edge nodes announce and no sensor takes, and whose metrics can be asked for."""
    taken = {row.texts["metric"] or row.key for row in draft.rows if row.counts}
    offered = [one for one in _offered(request, kept, sent.get("like", "")) if one.name not in taken]
    offered = [one for one in offered if sent.get("in_name", "").lower() in one.name.lower()]
    edges = edges_seen(request.user, with_unknown=True).filter(metric_count__gt=0)
    return {
        "offered": [(one, type_name(one.datatype)) for one in offered[:MOST_OFFERED]],
        "more_offered": len(offered) - MOST_OFFERED,
        "edges": list(edges.values_list("path", flat=True)[:MOST_EDGES]),
    }
