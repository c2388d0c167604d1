"""Figures on the alarms that a person may see: rates, floods, chatter, stale ones, times to acknowledge."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery

from backend.core import clock
from telemetry.domain import alarm_figures as domain
from telemetry.domain.alarm_figures import Flood, Raised, Rates, TenMinutes, Waits
from telemetry.domain.alarm_states import ACKNOWLEDGED, ACTIVE, ASIDE, CLEARED, NORMAL
from telemetry.models import Alarm, AlarmRule, AlarmTransition
from telemetry.models.scoping import Viewer

MOST_ROWS = 200_000
LONGEST_DAYS = 92


@dataclass(frozen=True, slots=True)
class RuleCount:
    """Name a rule and how often something happened to it."""

    rule: AlarmRule
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class DayCount:
    """Count what rose on a local day."""

    day: date
    count: int


@dataclass(frozen=True, slots=True)
class AlarmFigures:
    """Hold the figures of a period. `truncated`: more rose than were read, the newest were taken."""

    start: datetime
    end: datetime
    operators: int
    raised: int
    truncated: bool
    rates: Rates
    ten_minutes: TenMinutes
    floods: list[Flood]
    flood_share: float
    chattering: list[RuleCount]
    frequent: list[RuleCount]
    frequent_share: float
    stale: list[Alarm]
    shares: dict[int, float]
    waits: dict[int, Waits]
    days: list[DayCount]
    standing: int
    aside: dict[str, int]


def alarm_figures(user: Viewer, *, now: datetime, days: int = 30, operators: int = 1) -> AlarmFigures:
    """Return the figures of the last days, over the alarms that a person may see."""
    start = now - timedelta(days=days)
    rows = list(
        _raises(user, start, now)
        .order_by("-recorded_at")
        .values_list("occurred_at", "subject__rule_id", "subject__priority")[: MOST_ROWS + 1]
    )
    raised = sorted((Raised(*row) for row in rows[:MOST_ROWS]), key=lambda one: one.at)
    times = [one.at for one in raised]
    floods = domain.floods(times)
    chatter = sorted(domain.chattering(raised).items(), key=lambda pair: -pair[1])[:20]
    frequent = domain.most_frequent(raised)
    rules = _rules({*(pk for pk, _ in chatter), *(pk for pk, _ in frequent)})
    span: Any = {"start": start, "end": now, "operators": operators}
    total = max(len(raised), 1)
    return AlarmFigures(
        start=start,
        end=now,
        operators=operators,
        raised=len(raised),
        truncated=len(rows) > MOST_ROWS,
        rates=domain.rates(times, **span),
        ten_minutes=domain.ten_minutes(times, **span),
        floods=sorted(floods, key=lambda flood: flood.start, reverse=True),
        flood_share=sum(flood.count for flood in floods) / total,
        chattering=[RuleCount(rules[pk], n, n / total) for pk, n in chatter],
        frequent=[RuleCount(rules[pk], n, n / total) for pk, n in frequent],
        frequent_share=sum(n for _, n in frequent) / total,
        stale=list(stale_alarms(user, now)),
        shares=domain.shares(raised),
        waits=_waits(user, start, now),
        days=_days(times, start, now),
        **_standing(user),
    )


def stale_alarms(user: Viewer, now: datetime) -> QuerySet[Alarm]:
    """Return the alarms whose condition has held for more than a day, the oldest first."""
    held = Alarm.objects.visible_to(user).filter(state__in=[ACTIVE, ACKNOWLEDGED])
    held = held.filter(raised_at__lt=now - domain.STALE_AFTER)
    return held.select_related("rule__other", "sensor__device").order_by("raised_at")[:50]


def _raises(user: Viewer, start: datetime, end: datetime) -> QuerySet[AlarmTransition]:
    """Return the rises of alarms: what came back from shelving or suppression did not rise."""
    seen = Alarm.objects.visible_to(user)
    rows = AlarmTransition.objects.filter(to_state=ACTIVE, from_state__in=[NORMAL, CLEARED])
    return rows.filter(recorded_at__gte=start, recorded_at__lt=end, subject__in=seen)


def _waits(user: Viewer, start: datetime, end: datetime) -> dict[int, Waits]:
    """Return by priority how long it took from each rise to the first acknowledgement after it."""
    answered = AlarmTransition.objects.filter(
        Q(to_state=ACKNOWLEDGED) | Q(to_state=NORMAL, from_state=CLEARED, actor__isnull=False),
        subject=OuterRef("subject"),
        version__gt=OuterRef("version"),
    )
    first = answered.order_by().values("subject").annotate(first=Min("recorded_at")).values("first")
    rows = _raises(user, start, end).annotate(answered_at=Subquery(first)).filter(answered_at__isnull=False)
    told = rows.values_list("subject__priority", F("answered_at") - F("recorded_at"))[:MOST_ROWS]
    by_level: dict[int, list[float]] = {1: [], 2: [], 3: [], 4: []}
    for level, wait in told:
        by_level[level].append(wait.total_seconds())
    return {level: domain.waits(seconds) for level, seconds in by_level.items()}


def _days(times: list[datetime], start: datetime, end: datetime) -> list[DayCount]:
    counts = Counter(clock.local_day(at) for at in times)
    first, last = clock.local_day(start), clock.local_day(end)
    span = (last - first).days + 1
    return [DayCount(day, counts[day]) for day in (first + timedelta(days=n) for n in range(span))]


def _rules(ids: set[int]) -> dict[int, AlarmRule]:
    return AlarmRule.objects.select_related("sensor__device", "other").in_bulk(ids)


def _standing(user: Viewer) -> dict[str, Any]:
    states = Counter(Alarm.objects.visible_to(user).exclude(state=NORMAL).values_list("state", flat=True))
    standing = sum(count for state, count in states.items() if state not in ASIDE)
    return {"standing": standing, "aside": {state: states[state] for state in sorted(ASIDE)}}
