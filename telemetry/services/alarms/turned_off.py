"""Let rules rest while a sensor or its device is turned off: nobody is called for what is no longer there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from telemetry.domain.alarm_kinds import TICKED
from telemetry.domain.alarms import Change
from telemetry.models import AlarmCondition
from telemetry.services.alarms.transitions import follow_condition

_OFF = Q()
for _sensor in ("sensor", "other"):
    _OFF |= Q(**{f"rule__{_sensor}__active": False}) | Q(**{f"rule__{_sensor}__device__active": False})
_STIRS = Q(active=True) | Q(pending_since__isnull=False) | Q(check_at__isnull=False)


@transaction.atomic
def follow_turned_off(*, now: datetime) -> int:
    """Clear what rules say of sensors turned off, and look again at those turned on; return how many rules.

    A rule that compares two sensors rests when either is off.
    """
    rows = AlarmCondition.objects.select_for_update(of=("self",), skip_locked=True).select_related("rule")
    resting = list(rows.filter(_OFF).filter(_STIRS).order_by("rule_id"))
    for condition in resting:
        was_active = condition.active
        condition.save_fields(active=False, pending_since=None, due_at=None, check_at=None, reference=None)
        if was_active:
            follow_condition(rule=condition.rule, change=Change(False, now, condition.value))
    back = rows.filter(rule__active=True, rule__kind__in=TICKED, check_at=None).exclude(_OFF)
    waking = list(back.order_by("rule_id"))
    for condition in waking:
        condition.save_fields(check_at=now, since=now)
    return len(resting) + len(waking)
