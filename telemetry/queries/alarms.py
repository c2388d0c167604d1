"""Read alarms and the conditions under them."""

from __future__ import annotations

from telemetry.models import AlarmCondition


def is_condition_active(rule_id: int) -> bool:
    """Tell whether a rule's limit is crossed right now, whatever the state of its alarm."""
    return AlarmCondition.objects.filter(rule_id=rule_id, active=True).exists()
