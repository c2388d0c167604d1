"""The journal of alarms: every change, filtered, and as a file."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from gis.queries import public_zones
from telemetry.queries.alarm_journal import Asked, alarm_journal, journal_csv
from telemetry.queries.alarm_rules import CLASSES, STATES
from telemetry.queries.alarm_words import alarm_title
from webmap.attempts import signed_in
from webmap.forms.days import DayInput, read_day
from webmap.views.telemetry import READERS

A_PAGE = 50
MOST_PAGES = 200
YEARS = range(1970, 2200)


@never_cache
@require_safe
@role_required(*READERS)
def journal(request: HttpRequest) -> HttpResponse:
    """List the changes of the alarms that the reader may see, the newest first."""
    rows = alarm_journal(signed_in(request), _asked(request))
    page = Paginator(rows[: A_PAGE * MOST_PAGES], A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "rows": [(row, alarm_title(row.subject)) for row in page],
        "asked": request.GET,
        "days": {name: _day_field(name, request) for name in ("from", "to")},
        "query": query.urlencode(),
        "states": STATES,
        "classes": CLASSES,
        "zones": public_zones(),
        "names": dict(STATES),
    }
    return render(request, "telemetry/alarm_journal.html", context)


@never_cache
@require_safe
@role_required(*READERS)
def journal_file(request: HttpRequest) -> StreamingHttpResponse:
    """Give the journal as CSV, as the page is filtered."""
    lines = journal_csv(alarm_journal(signed_in(request), _asked(request)))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="alarm-journal.csv"'
    return answer


def _asked(request: HttpRequest) -> Asked:
    asked: Any = request.GET
    level = asked.get("priority")
    last = _midnight(asked.get("to"))
    return Asked(
        start=_midnight(asked.get("from")),
        end=last + timedelta(days=1) if last else None,
        state=asked.get("state") if asked.get("state") in dict(STATES) else "",
        priority=int(level) if level in {"1", "2", "3", "4"} else None,
        alarm_class=asked.get("class") if asked.get("class") in dict(CLASSES) else "",
        zone=asked.get("zone", "")[:40],
        sensor=asked.get("sensor", "")[:130],
        alarm=whole_number(asked.get("alarm", "")),
    )


def _day_field(name: str, request: HttpRequest) -> str:
    """Draw a field that asks for a day, with the one asked for in it."""
    text = request.GET.get(name, "")
    return DayInput().render(name, read_day(text) or text, {"id": f"filter-{name}"})


def _midnight(text: str | None) -> datetime | None:
    """Return when a day began, or None for what is no day of these centuries."""
    day = read_day(text or "")
    if day is None or day.year not in YEARS:
        return None
    return timezone.make_aware(datetime.combine(day, time.min))
