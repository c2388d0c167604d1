"""Judge stored readings against the rules, and let time pass for those that wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from telemetry.domain.alarm_kinds import LEVELS
from telemetry.domain.alarms import LATE_AFTER, Condition, Limit, Sample, due_at, run
from telemetry.domain.quality import TRUSTED
from telemetry.models import AlarmCondition, AlarmRule, LatestReading
from telemetry.queries.alarm_rules import KnownRule, Ruled, hot_rules
from telemetry.services.alarms.measuring import Measures
from telemetry.services.alarms.transitions import follow_condition
from telemetry.services.alarms.windows import NOTHING, look, next_look
from telemetry.services.readings import Row

MOST_AT_ONCE = 500
"""Conditions that one tick looks at; the rest follow at the next."""


def evaluate_rules(*, rows: Sequence[Row], ruled: Ruled, now: datetime) -> None:
    """Judge a batch before it is merged, in the caller's transaction.

    Only values that are newer than the sensor's latest, of trusted quality and received within ten minutes of
    their device time say something about now; the others fill the history. A value within its limit, of a
    rule that is calm, costs a comparison in memory and nothing else.

    Args:
        rows: the batch.
        ruled: rules by the sensors that speak to them.
    """
    telling = [row for row in rows if row.sensor_id in ruled and _is_telling(row)]
    if not telling:
        return
    suspects = _suspects(telling, ruled)
    if not suspects:
        return
    sensors = {s for rule in suspects.values() for s in (rule.sensor_id, rule.other_id) if s is not None}
    conditions = _locked(AlarmCondition.objects.filter(rule_id__in=list(suspects)))
    measures = Measures((row for row in telling if row.sensor_id in sensors), sensors)
    measures.load_history(condition.rule for condition in conditions)
    for condition in conditions:
        if found := measures.of(condition.rule, condition):
            _advance(condition, found, now)


@transaction.atomic
def tick_alarms(*, now: datetime) -> int:
    """End the delays that are over by `now` and look at the rules that wait for time to pass.

    Returns:
        How many conditions were looked at.
    """
    due = AlarmCondition.objects.filter(Q(due_at__lte=now) | Q(check_at__lte=now))
    conditions = _locked(due, skip_locked=True)[:MOST_AT_ONCE]
    waiting = [c for c in conditions if c.check_at is not None and c.check_at <= now]
    seen = look([c.rule for c in waiting], now=now) if waiting else {}
    for condition in waiting:
        told = seen.get(condition.rule_id, NOTHING)
        condition.save_fields(
            check_at=next_look(condition, told.value, now=now),
            reference=condition.reference if told.reference is None else told.reference,
        )
    for condition in conditions:
        value = seen.get(condition.rule_id, NOTHING).value
        _advance(condition, [] if value is None else [Sample(now, value)], now)
    return len(conditions)


def judge_again(condition: AlarmCondition, *, now: datetime) -> None:
    """Judge a rule by its new numbers, in the caller's transaction: what a delay had begun to tell is over.

    The newest value of a level speaks at once; other kinds are measured at the next look or reading.
    """
    rule = condition.rule
    if rule.kind not in LEVELS:
        _advance(condition, [], now)
        return
    condition.pending_since = None
    newest = LatestReading.objects.filter(sensor_id=rule.sensor_id, quality__in=TRUSTED).first()
    speaks = newest is not None and newest.received_at - newest.at <= LATE_AFTER
    samples = [Sample(now, newest.value)] if newest and speaks and newest.value is not None else []
    _advance(condition, samples, now)


def next_delay_end() -> datetime | None:
    """Return when the next running delay ends, or a rule wants to be looked at."""
    ends = [
        AlarmCondition.objects.filter(**{f"{name}__isnull": False})
        .order_by(name)
        .values_list(name, flat=True)
        .first()
        for name in ("due_at", "check_at")
    ]
    return min((end for end in ends if end is not None), default=None)


def _is_telling(row: Row) -> bool:
    return row.value is not None and row.quality in TRUSTED and row.received_at - row.at <= LATE_AFTER


def _suspects(rows: Sequence[Row], ruled: Ruled) -> Mapping[int, KnownRule]:
    hot = hot_rules()
    found: dict[int, KnownRule] = {}
    for row in rows:
        value = row.value or 0.0
        for rule in ruled[row.sensor_id]:
            if value > rule.above or value < rule.below or rule.id in hot:
                found[rule.id] = rule
    return found


def _locked(conditions: QuerySet[AlarmCondition], *, skip_locked: bool = False) -> list[AlarmCondition]:
    locked = conditions.select_for_update(of=("self",), skip_locked=skip_locked).select_related("rule")
    return list(locked.filter(rule__active=True).order_by("rule_id"))


def limit_of(rule: AlarmRule) -> Limit:
    """Return the limit that the measure of a rule meets."""
    return rule.spec.watched


def _advance(stored: AlarmCondition, samples: Sequence[Sample], now: datetime) -> None:
    limit = limit_of(stored.rule)
    before = Condition(stored.active, stored.pending_since, stored.value)
    after, changes = run(limit, before, samples, now=now)
    written = (before.active, before.pending_since, stored.due_at)
    due = due_at(limit, after)
    if (after.active, after.pending_since, due) != written or changes:
        stored.save_fields(
            active=after.active, pending_since=after.pending_since, value=after.value, due_at=due
        )
    for change in changes:
        follow_condition(rule=stored.rule, change=change)
