"""Rules that look at time: no update, no change, and expressions over a window."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from telemetry.domain.alarm_kinds import TICKED, Kind, aggregated, pace, unchanged_since
from telemetry.models import AlarmCondition, AlarmRule, LatestReading
from telemetry.queries.rule_history import history
from telemetry.services.alarms.measuring import Samples

AGAIN = timedelta(seconds=10)
"""How soon at the earliest a rule on no change or no update is looked at again."""

WHILE_OVER = timedelta(seconds=60)
"""How often it is looked at once its time is over: a reading ends it, this is for what was missed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Say what a rule measures now; `reference` is the value that stands still."""

    value: float | None
    reference: float | None = None


NOTHING = Seen(None)


def first_look(rule: AlarmRule, *, now: datetime) -> datetime | None:
    """Return when a rule is first looked at by itself, or None where only readings move it."""
    return now if rule.active and rule.kind in TICKED else None


def look(rules: Sequence[AlarmRule], *, now: datetime) -> dict[int, Seen]:
    """Measure some rules as time has passed."""
    found: dict[int, Seen] = _heard([rule for rule in rules if rule.kind == Kind.NO_UPDATE], now)
    still = [rule for rule in rules if rule.kind == Kind.NO_CHANGE]
    found |= {rule.pk: seen for rule, seen in _unchanged(still, now)}
    windows = [rule for rule in rules if rule.kind == Kind.EXPRESSION]
    found |= {rule.pk: Seen(value) for rule, value in _expressions(windows, now)}
    return found


def next_look(condition: AlarmCondition, spent_s: float | None, *, now: datetime) -> datetime | None:
    """Return when a rule is to be looked at again.

    A wait that cannot be over sooner is not looked at sooner: a sensor heard a minute ago cannot have been
    silent for an hour before 59 minutes have passed.
    """
    rule = condition.rule
    if rule.kind not in TICKED:
        return None
    if rule.kind == Kind.EXPRESSION:
        return now + pace(rule.spec.window)
    left = rule.spec.window - timedelta(seconds=spent_s or 0)
    return now + (WHILE_OVER if left <= timedelta(0) else max(left + timedelta(seconds=1), AGAIN))


def _heard(rules: Sequence[AlarmRule], now: datetime) -> dict[int, Seen]:
    if not rules:
        return {}
    sensor_ids = [rule.sensor_id for rule in rules]
    heard = dict(
        LatestReading.objects.filter(sensor_id__in=sensor_ids).values_list("sensor_id", "received_at")
    )
    since = dict(
        AlarmCondition.objects.filter(rule__in=[rule.pk for rule in rules]).values_list("rule_id", "since")
    )
    return {
        rule.pk: Seen(max((now - heard.get(rule.sensor_id, since[rule.pk])).total_seconds(), 0.0))
        for rule in rules
    }


def _unchanged(rules: Sequence[AlarmRule], now: datetime) -> Iterable[tuple[AlarmRule, Seen]]:
    past = history((rule.sensor_id, now - 2 * rule.spec.window, now) for rule in rules)
    for rule in rules:
        samples = past.get(rule.sensor_id, [])
        since = unchanged_since([s for s in samples if s.at >= now - 2 * rule.spec.window], rule.limit)
        if since is not None:
            # Silence is another rule's matter: only what was measured counts as unchanged.
            yield rule, Seen((samples[-1].at - since).total_seconds(), samples[-1].value)


def _expressions(rules: Sequence[AlarmRule], now: datetime) -> Iterable[tuple[AlarmRule, float | None]]:
    asked = [(s, now - rule.spec.window, now) for rule in rules for s in (rule.sensor_id, rule.other_id) if s]
    past = history(asked)
    for rule in rules:
        mine = _aggregate(past, rule.sensor_id, rule, now)
        if rule.other_id is None:
            yield rule, mine
            continue
        other = _aggregate(past, rule.other_id, rule, now)
        yield rule, None if mine is None or other is None else mine - other


def _aggregate(past: Samples, sensor_id: int, rule: AlarmRule, now: datetime) -> float | None:
    start = now - rule.spec.window
    return aggregated([s.value for s in past.get(sensor_id, ()) if s.at > start], rule.aggregate)
