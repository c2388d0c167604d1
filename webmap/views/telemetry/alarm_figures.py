"""How well the alarms serve their operators, over thirty days."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.core import clock
from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from telemetry.domain import alarm_figures as bounds
from telemetry.queries.alarm_figures import AlarmFigures, alarm_figures
from telemetry.queries.alarm_words import alarm_title, limit_text
from webmap.attempts import signed_in
from webmap.views.telemetry import READERS

PERIODS = (7, 30, 90)
BARS, BAR_HEIGHT = 720.0, 120.0


@never_cache
@require_safe
@role_required(*READERS)
def figures(request: HttpRequest) -> HttpResponse:
    """Show rates, floods, chatter, stale alarms, times to acknowledge and priorities."""
    days = whole_number(request.GET.get("days", "")) or 30
    operators = min(max(whole_number(request.GET.get("operators", "")) or 1, 1), 50)
    days = days if days in PERIODS else 30
    found = alarm_figures(signed_in(request), now=clock.now(), days=days, operators=operators)
    context = {
        "figures": found,
        "days": days,
        "periods": PERIODS,
        "operators": operators,
        "bounds": {"acceptable": bounds.ACCEPTABLE_PER_HOUR, "deficient": bounds.DEFICIENT_PER_HOUR},
        "verdict": _verdict(found),
        "bars": _bars(found),
        "levels": [
            (level, found.shares[level], bounds.TARGET_SHARES[level], found.waits[level])
            for level in (1, 2, 3, 4)
        ],
        "frequent": [(one, limit_text(one.rule)) for one in found.frequent],
        "chattering": [(one, limit_text(one.rule)) for one in found.chattering],
        "stale": [(alarm, alarm_title(alarm)) for alarm in found.stale],
    }
    return render(request, "telemetry/alarm_figures.html", context)


def _verdict(found: AlarmFigures) -> str:
    if found.rates.mean <= bounds.ACCEPTABLE_PER_HOUR:
        return "acceptable"
    return "deficient" if found.rates.mean > bounds.DEFICIENT_PER_HOUR else "watch"


def _bars(found: AlarmFigures) -> list[tuple[float, float, float, float, object]]:
    """Return x, y, width and height of the bar of each day in a box of 720 by 120."""
    most = max([day.count for day in found.days] + [1])
    each = BARS / len(found.days)
    return [
        (
            round(place * each + each * 0.1, 1),
            round(BAR_HEIGHT * (1 - day.count / most), 1),
            round(each * 0.8, 1),
            round(BAR_HEIGHT * day.count / most, 1),
            day,
        )
        for place, day in enumerate(found.days)
    ]
