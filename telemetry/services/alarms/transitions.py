"""The changes of an alarm, all through the state table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.models import User
from backend.core.services.transitions import Guard, apply_transition
from telemetry.domain import alarm_states as states
from telemetry.domain.alarm_states import ALARM, after_condition, is_shelving_bounded, returned
from telemetry.domain.alarms import Change
from telemetry.models import Alarm, AlarmRule, AlarmTransition
from telemetry.queries.alarms import is_condition_active

TOPIC = "telemetry.alarm_changed"


@transaction.atomic
def change_alarm(
    *,
    alarm: Alarm,
    to: str,
    actor: User | None,
    version: int | None,
    reason: str = "",
    until: datetime | None = None,
) -> Alarm:
    """Acknowledge an alarm, set it aside for a time, or take it back.

    Args:
        version: the version the actor saw.
        until: the end of a shelving, within a day; kept with the transition.

    Raises:
        VersionConflict, TransitionForbidden, InvalidInput: see `apply_transition`.
    """
    return _apply(alarm, to, actor=actor, version=version, reason=reason, until=until)


def follow_condition(*, rule: AlarmRule, change: Change) -> Alarm | None:
    """Let an alarm follow its condition, in the caller's transaction; return it where its state changed."""
    open_ones = Alarm.objects.select_for_update(of=("self",)).filter(rule=rule)
    alarm = open_ones.exclude(state=states.NORMAL).first()
    if alarm is None:
        if not change.active:
            return None
        alarm = Alarm.objects.create(
            rule=rule, sensor_id=rule.sensor_id, priority=rule.priority, updated_at=clock.now()
        )
    to = after_condition(alarm.state, active=change.active)
    return _apply(alarm, to, actor=None, change=change) if to else None


@transaction.atomic
def end_shelvings(*, now: datetime) -> int:
    """Take back the shelved alarms whose time is over; return how many."""
    over = Alarm.objects.select_for_update(skip_locked=True, of=("self",))
    alarms = list(over.filter(state=states.SHELVED, shelved_until__lte=now).order_by("pk"))
    for alarm in alarms:
        _apply(alarm, returned(active=is_condition_active(alarm.rule_id)), actor=None)
    return len(alarms)


def _apply(
    alarm: Alarm,
    to: str,
    *,
    actor: User | None,
    version: int | None = None,
    reason: str = "",
    until: datetime | None = None,
    change: Change | None = None,
) -> Alarm:
    until = until if to == states.SHELVED else None
    return apply_transition(
        instance=alarm,
        table=ALARM,
        record=AlarmTransition,
        to=to,
        actor=actor,
        topic=TOPIC,
        reason=reason,
        version=version,
        occurred_at=change.at if change else None,
        guards=_guards(until),
        also=_columns(alarm, to, actor, until, change),
        noted={"until": until},
    )


def _columns(
    alarm: Alarm, to: str, actor: User | None, until: datetime | None, change: Change | None
) -> dict[str, Any]:
    now = clock.now()
    columns: dict[str, Any] = {"updated_at": now, "shelved_until": until}
    if to == states.ACTIVE:
        columns |= {
            "raised_at": change.at if change else now,
            "acknowledged_at": None,
            "acknowledged_by": None,
        }
        columns |= {"cleared_at": None}
        if change:
            columns["raised_value"] = change.value
    elif to == states.ACKNOWLEDGED or (to == states.NORMAL and actor and alarm.state == states.CLEARED):
        columns |= {"acknowledged_at": now, "acknowledged_by": actor}
    if to in (states.CLEARED, states.NORMAL) and change:
        columns["cleared_at"] = change.at
    return columns


def _guards(until: datetime | None) -> Mapping[str, Guard]:
    def condition_active(alarm: Alarm, actor: User | None) -> str | None:
        return None if is_condition_active(alarm.rule_id) else _("The value is back to normal.")

    def condition_cleared(alarm: Alarm, actor: User | None) -> str | None:
        return _("The value is still beyond its limit.") if is_condition_active(alarm.rule_id) else None

    def shelving_bounded(alarm: Alarm, actor: User | None) -> str | None:
        if is_shelving_bounded(until, now=clock.now()):
            return None
        return _("Say until when, within the next 24 hours.")

    def one_open(alarm: Alarm, actor: User | None) -> str | None:
        others = Alarm.objects.filter(rule_id=alarm.rule_id).exclude(pk=alarm.pk).exclude(state=states.NORMAL)
        return _("A newer alarm of this rule is open.") if others.exists() else None

    return {
        states.CONDITION_ACTIVE: condition_active,
        states.CONDITION_CLEARED: condition_cleared,
        states.SHELVING_BOUNDED: shelving_bounded,
        states.ONE_OPEN: one_open,
    }
