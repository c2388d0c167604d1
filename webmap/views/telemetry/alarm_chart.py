"""The small chart of a rule: what it measured, its limit, when it would have rung; drawn on the server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from telemetry.domain.alarm_kinds import RuleSpec
from telemetry.queries.alarm_preview import Preview

WIDTH, HEIGHT, MARGIN = 720.0, 160.0, 8.0


@dataclass(frozen=True, slots=True)
class Chart:
    """Hold coordinates in a box of 720 by 160, y downwards, and what stands at its edges."""

    line: str
    limit_y: float | None
    back_y: float | None
    spans: list[tuple[float, float]]
    days: list[tuple[float, datetime]]
    top: float
    bottom: float


def chart_of(preview: Preview, spec: RuleSpec) -> Chart | None:
    """Return the chart of a preview, or None where nothing was measured."""
    if not preview.points:
        return None
    watched = spec.watched
    back = watched.limit - watched.deadband if watched.kind == "high" else watched.limit + watched.deadband
    values = [point.value for point in preview.points] + [watched.limit]
    low, high = min(values), max(values)
    room = (high - low) * 0.08 or abs(high) * 0.05 or 1.0
    low, high = low - room, high + room

    def x(at: datetime) -> float:
        return round((at - preview.start) / (preview.end - preview.start) * WIDTH, 1)

    def y(value: float) -> float:
        return round(MARGIN + (high - value) / (high - low) * (HEIGHT - 2 * MARGIN), 1)

    return Chart(
        line=" ".join(f"{x(point.at)},{y(point.value)}" for point in preview.points),
        limit_y=y(watched.limit),
        back_y=y(back) if watched.deadband else None,
        spans=[(x(start), max(round(x(end) - x(start), 1), 1.5)) for start, end in preview.spans],
        days=[(x(at), at) for at in _midnights(preview)],
        top=high,
        bottom=low,
    )


def _midnights(preview: Preview) -> list[datetime]:
    local = timezone.localtime(preview.start)
    first: Any = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    while first < preview.end:
        found.append(first)
        first += timedelta(days=1)
    return found
