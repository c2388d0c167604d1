"""Write alarm rules, and let alarms follow a rule that is switched off."""

from __future__ import annotations

from django.db import transaction

from backend.core import clock
from telemetry.domain.alarms import Change
from telemetry.models import AlarmCondition, AlarmRule
from telemetry.services.alarms.transitions import follow_condition


@transaction.atomic
def save_rule(*, rule: AlarmRule) -> AlarmRule:
    """Write a new or changed rule with its condition; an alarm of a rule switched off clears."""
    rule.full_clean()
    rule.save()
    condition, _ = AlarmCondition.objects.select_for_update().get_or_create(rule=rule)
    if not rule.active and (condition.active or condition.due_at):
        was_active = condition.active
        condition.active, condition.pending_since, condition.due_at = False, None, None
        condition.save(update_fields=["active", "pending_since", "due_at"])
        if was_active:
            follow_condition(rule=rule, change=Change(False, clock.now(), condition.value))
    return rule
