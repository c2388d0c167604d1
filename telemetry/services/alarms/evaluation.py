"""Judge stored readings against the rules, and let running delays end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from telemetry.domain.alarms import LATE_AFTER, Condition, Limit, Sample, due_at, run
from telemetry.domain.quality import Quality
from telemetry.models import AlarmCondition, AlarmRule, LatestReading
from telemetry.services.alarms.transitions import follow_condition
from telemetry.services.readings import Row

_TRUSTED = frozenset({int(Quality.GOOD), int(Quality.UNCERTAIN)})


def evaluate_rules(*, rows: Sequence[Row], ruled: Collection[int], now: datetime) -> None:
    """Judge a batch before it is merged, in the caller's transaction.

    Only values that are newer than the sensor's latest, of trusted quality and received within ten minutes of
    their device time say something about now; the others fill the history.

    Args:
        rows: the batch.
        ruled: sensors that have rules.
    """
    candidates = [row for row in rows if row.sensor_id in ruled and _is_telling(row)]
    if not candidates:
        return
    conditions = _locked(
        AlarmCondition.objects.filter(rule__sensor_id__in={row.sensor_id for row in candidates})
    )
    if not conditions:
        return
    samples = _newer_samples(candidates)
    for condition in conditions:
        if found := samples.get(condition.rule.sensor_id):
            _advance(condition, found, now)


@transaction.atomic
def tick_alarms(*, now: datetime) -> int:
    """End the delays that are over by `now`; return how many conditions were looked at."""
    due = AlarmCondition.objects.filter(due_at__lte=now)
    conditions = _locked(due, skip_locked=True)
    for condition in conditions:
        _advance(condition, [], now)
    return len(conditions)


def next_delay_end() -> datetime | None:
    """Return when the next running delay ends."""
    return (
        AlarmCondition.objects.filter(due_at__isnull=False)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )


def _is_telling(row: Row) -> bool:
    return row.value is not None and row.quality in _TRUSTED and row.received_at - row.at <= LATE_AFTER


def _locked(conditions: QuerySet[AlarmCondition], *, skip_locked: bool = False) -> list[AlarmCondition]:
    locked = conditions.select_for_update(of=("self",), skip_locked=skip_locked).select_related("rule")
    return list(locked.filter(rule__active=True).order_by("rule_id"))


def _newer_samples(rows: Sequence[Row]) -> dict[int, list[Sample]]:
    latest = dict(
        LatestReading.objects.filter(sensor_id__in={row.sensor_id for row in rows}).values_list(
            "sensor_id", "at"
        )
    )
    samples: dict[int, list[Sample]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.at):
        if row.sensor_id not in latest or row.at > latest[row.sensor_id]:
            # A device clock slightly ahead must not postpone the alarm.
            samples[row.sensor_id].append(Sample(min(row.at, row.received_at), row.value or 0.0))
    return samples


def limit_of(rule: AlarmRule) -> Limit:
    """Return the numbers of a rule."""
    return Limit(
        "high" if rule.kind == "high" else "low",
        rule.limit,
        rule.deadband,
        timedelta(seconds=rule.on_delay_s),
        timedelta(seconds=rule.off_delay_s),
    )


def _advance(stored: AlarmCondition, samples: Sequence[Sample], now: datetime) -> None:
    limit = limit_of(stored.rule)
    before = Condition(stored.active, stored.pending_since, stored.value)
    after, changes = run(limit, before, samples, now=now)
    if (after.active, after.pending_since) != (before.active, before.pending_since) or changes:
        _save(stored, after, due_at(limit, after))
    for change in changes:
        follow_condition(rule=stored.rule, change=change)


def _save(stored: AlarmCondition, condition: Condition, due: datetime | None) -> None:
    stored.active = condition.active
    stored.pending_since = condition.pending_since
    stored.value = condition.value
    stored.due_at = due
    stored.save(update_fields=["active", "pending_since", "value", "due_at"])
