"""The changes of an alarm, all through the state table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from backend.core.services.transitions import Guard, apply_transition
from telemetry.domain import alarm_states as states
from telemetry.domain.alarm_states import ALARM, after_condition, is_shelving_bounded, returned
from telemetry.domain.alarms import Change
from telemetry.models import Alarm, AlarmRule, AlarmSuppression, AlarmTransition, ReasonCode
from telemetry.queries.alarm_words import quiet_text
from telemetry.queries.alarms import is_condition_active
from telemetry.queries.suppressions import suppression_of

TOPIC = "telemetry.alarm_changed"


@transaction.atomic
def change_alarm(
    *,
    alarm: Alarm,
    to: str,
    actor: User | None,
    version: int | None,
    reason: str = "",
    reason_code: str = "",
    until: datetime | None = None,
) -> Alarm:
    """Acknowledge an alarm, set it aside for a time, or take it back.

    Args:
        version: the version the actor saw.
        reason_code: one of `ReasonCode`; where no reason is written, its name stands for it.
        until: the end of a shelving, within a day; kept with the transition.

    Raises:
        VersionConflict, TransitionForbidden, InvalidInput: see `apply_transition`.
    """
    if reason_code and reason_code not in ReasonCode.values:
        raise InvalidInput(errors={"reason_code": [_("This is not one of the reasons.")]})
    if reason_code and not reason.strip():
        reason = str(ReasonCode(reason_code).label)
    return _apply(
        alarm, to, actor=actor, version=version, reason=reason, reason_code=reason_code, until=until
    )


@transaction.atomic
def set_rule_aside(
    *,
    rule: AlarmRule,
    to: str,
    actor: User,
    reason: str = "",
    reason_code: str = "",
    until: datetime | None = None,
) -> Alarm:
    """Set the alarm of a rule aside, also where nothing is wrong yet.

    Raises:
        TransitionForbidden, InvalidInput: see `apply_transition`.
    """
    alarm = open_alarm(rule) or Alarm.objects.create(
        rule=rule, sensor_id=rule.sensor_id, priority=rule.priority, updated_at=clock.now()
    )
    return change_alarm(
        alarm=alarm, to=to, actor=actor, version=None, reason=reason, reason_code=reason_code, until=until
    )


def open_alarm(rule: AlarmRule) -> Alarm | None:
    """Return the one alarm of a rule that is not normal, locked."""
    rows = Alarm.objects.select_for_update(of=("self",)).filter(rule=rule)
    return rows.exclude(state=states.NORMAL).first()


def follow_condition(*, rule: AlarmRule, change: Change) -> Alarm | None:
    """Let an alarm follow its condition, in the caller's transaction; return it where its state changed."""
    alarm = open_alarm(rule)
    if alarm is None:
        if not change.active:
            return None
        alarm = Alarm.objects.create(
            rule=rule, sensor_id=rule.sensor_id, priority=rule.priority, updated_at=clock.now()
        )
    to = after_condition(alarm.state, active=change.active)
    change = _in_order(alarm, change)
    if to == states.ACTIVE and (planned := suppression_of(rule.sensor_id, clock.now())):
        return suppress(alarm, planned, change=change)
    return _apply(alarm, to, actor=None, change=change) if to else None


def _in_order(alarm: Alarm, change: Change) -> Change:
    """Date a change no earlier than the one before it: a reading may come in after a delay has ended."""
    before = alarm.cleared_at if change.active else alarm.raised_at
    return change if before is None or before <= change.at else change._replace(at=before)


def suppress(alarm: Alarm, planned: AlarmSuppression, *, change: Change | None = None) -> Alarm:
    """Take an alarm out of the operators' sight for the time of planned work, in the caller's transaction."""
    return _apply(
        alarm,
        states.SUPPRESSED,
        actor=None,
        reason=planned.reason,
        until=planned.ends_at,
        change=change,
        suppression=planned,
    )


def give_back(alarm: Alarm, *, now: datetime) -> Alarm:
    """Give an alarm that was set aside back as its condition is, in the caller's transaction.

    One that is given back into planned work calls nobody.
    """
    back = _apply(alarm, returned(active=is_condition_active(alarm.rule_id)), actor=None)
    planned = suppression_of(alarm.sensor_id, now) if back.state == states.ACTIVE else None
    return suppress(back, planned) if planned else back


@transaction.atomic
def end_shelvings(*, now: datetime) -> int:
    """Take back the shelved alarms whose time is over; return how many."""
    over = Alarm.objects.select_for_update(skip_locked=True, of=("self",))
    alarms = list(over.filter(state=states.SHELVED, shelved_until__lte=now).order_by("pk"))
    for alarm in alarms:
        give_back(alarm, now=now)
    return len(alarms)


def _apply(
    alarm: Alarm,
    to: str,
    *,
    actor: User | None,
    version: int | None = None,
    reason: str = "",
    reason_code: str = "",
    until: datetime | None = None,
    change: Change | None = None,
    suppression: AlarmSuppression | None = None,
) -> Alarm:
    until = until if to == states.SHELVED or suppression else None
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
        also=_columns(alarm, to, actor, until, change) | {"suppression": suppression},
        noted={"until": until, "reason_code": reason_code},
    )


def _columns(
    alarm: Alarm, to: str, actor: User | None, until: datetime | None, change: Change | None
) -> dict[str, Any]:
    now = clock.now()
    columns: dict[str, Any] = {
        "updated_at": now,
        "shelved_until": until if to == states.SHELVED else None,
    }
    if to == states.ACTIVE:
        columns |= {"acknowledged_at": None, "acknowledged_by": None, "escalated_at": None}
        columns |= {"calls": alarm.calls + 1, "called_at": now}
    if to == states.ACTIVE or (change and change.active):
        columns |= {"raised_at": change.at if change else now, "cleared_at": None}
        if change:
            columns["raised_value"] = change.value
    if to == states.ACKNOWLEDGED or (to == states.NORMAL and actor and alarm.state == states.CLEARED):
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

    def no_planned_work(alarm: Alarm, actor: User | None) -> str | None:
        # The platform itself gives back what one work held, and lets another hold it.
        planned = suppression_of(alarm.sensor_id, clock.now()) if actor else None
        return quiet_text(planned) if planned else None

    def one_open(alarm: Alarm, actor: User | None) -> str | None:
        others = Alarm.objects.filter(rule_id=alarm.rule_id).exclude(pk=alarm.pk).exclude(state=states.NORMAL)
        return _("A newer alarm of this rule is open.") if others.exists() else None

    return {
        states.CONDITION_ACTIVE: condition_active,
        states.CONDITION_CLEARED: condition_cleared,
        states.SHELVING_BOUNDED: shelving_bounded,
        states.ONE_OPEN: one_open,
        states.NO_PLANNED_WORK: no_planned_work,
    }
