"""Call again for what nobody acknowledges, then tell the supervisor on duty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from backend.core.errors import InvalidInput, VersionConflict
from backend.core.models import User
from backend.core.queries.users import roles_of
from backend.core.services.audit import record
from backend.core.services.messages import notify, register_sms
from telemetry.domain.alarm_states import ACTIVE
from telemetry.models import Alarm, AlarmDuty, AlarmEscalation
from telemetry.queries.alarm_words import alarm_title
from telemetry.services.alarms.groups import announce

SMS = "telemetry.alarm_unacknowledged"
MOST_AT_ONCE = 200
SHORTEST_S, LONGEST_S = 5, 86_400


def register() -> None:
    """Give the message its wording."""
    register_sms(SMS, _words)


@transaction.atomic
def call_again(*, now: datetime) -> int:
    """Call again, and escalate, what has waited too long for somebody; return how many alarms.

    Of a group the most urgent alarm that waits calls for all.
    """
    alone = Q(group=None) | Q(group__closed_at__isnull=False) | ~Exists(_more_urgent())
    called = 0
    for rule in AlarmEscalation.objects.all():
        waiting = _waiting(rule, now)
        if not waiting:
            continue
        rows = Alarm.objects.filter(alone, waiting, state=ACTIVE, priority=rule.priority)
        locked = rows.select_related("rule", "sensor__device").select_for_update(
            skip_locked=True, of=("self",)
        )
        alarms = list(locked.order_by("called_at", "pk")[:MOST_AT_ONCE])
        for alarm in alarms:
            _call(alarm, rule, now)
        announce(alarms)
        called += len(alarms)
    return called


@transaction.atomic
def save_escalations(*, asked: Mapping[int, tuple[int, Mapping[str, Any]]], actor: User) -> int:
    """Change after how long priorities are called again and escalated; return how many changed.

    Args:
        asked: by priority, the version the actor saw and the columns.

    Raises:
        VersionConflict: someone changed one of them in the meantime; none is written.
        InvalidInput: a time out of bounds, by priority and column.
    """
    rows = {row.priority: row for row in AlarmEscalation.objects.select_for_update().order_by("priority")}
    wrong = {
        f"{priority}.{name}": [_("Between 5 seconds and 24 hours.")]
        for priority, (_version, values) in asked.items()
        for name, value in values.items()
        if name.endswith("_s") and value is not None and not SHORTEST_S <= value <= LONGEST_S
    }
    if wrong:
        raise InvalidInput(errors=wrong)
    return sum(_save(rows[priority], version, values, actor) for priority, (version, values) in asked.items())


def _save(row: AlarmEscalation, version: int, values: Mapping[str, Any], actor: User) -> bool:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return False
    if row.version != version:
        raise VersionConflict(current=str(row.version), version=row.version, allowed=[])
    told = {name: {"from": getattr(row, name), "to": value} for name, value in changed.items()}
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    subject = f"alarm_escalation:{row.priority}"
    record(actor=actor, action="telemetry.escalation_changed", subject=subject, **told)
    return True


def on_duty(now: datetime) -> list[User]:
    """Return the supervisors on duty who can be told by telephone."""
    duties = AlarmDuty.objects.filter(starts_at__lte=now, ends_at__gt=now).select_related("user")
    people = {duty.user_id: duty.user for duty in duties}
    return [user for user in people.values() if user.phone and "supervisor" in roles_of(user)]


def _more_urgent() -> QuerySet[Alarm]:
    """Return what waits in the same group and calls before an alarm: the more urgent, then the earlier."""
    others = Alarm.objects.filter(group=OuterRef("group"), state=ACTIVE)
    earlier = Q(priority=OuterRef("priority"), pk__lt=OuterRef("pk"))
    found: QuerySet[Alarm] = others.filter(Q(priority__lt=OuterRef("priority")) | earlier)
    return found


def _waiting(rule: AlarmEscalation, now: datetime) -> Q:
    found = Q()
    if rule.repeat_after_s:
        found |= Q(called_at__lte=now - timedelta(seconds=rule.repeat_after_s))
    if rule.escalate_after_s:
        late = now - timedelta(seconds=rule.escalate_after_s)
        found |= Q(escalated_at=None, raised_at__lte=late)
    return found


def _call(alarm: Alarm, rule: AlarmEscalation, now: datetime) -> None:
    alarm.calls += 1
    alarm.called_at = now
    late = rule.escalate_after_s and alarm.raised_at
    if late and not alarm.escalated_at and now - late >= timedelta(seconds=rule.escalate_after_s or 0):
        alarm.escalated_at = now
        told = _tell(alarm, now) if rule.sms else []
        record(actor=None, action="telemetry.alarm_escalated", subject=f"alarm:{alarm.pk}", told=told)
    alarm.save(update_fields=["calls", "called_at", "escalated_at"])


def _tell(alarm: Alarm, now: datetime) -> list[int]:
    """Tell who is on duty of an alarm; return their ids, for the journal."""
    people = _concerned(alarm, on_duty(now))
    for person in people:
        notify(
            person.phone,
            person.language,
            SMS,
            {"alarm": alarm, "minutes": round((now - (alarm.raised_at or now)).total_seconds() / 60)},
            f"alarm-escalated:{alarm.pk}:{alarm.raised_at:%Y%m%d%H%M%S}:{person.pk}",
        )
    return [person.pk for person in people]


def _concerned(alarm: Alarm, people: list[User]) -> list[User]:
    """Return those in whose area an alarm is; where it is in nobody's, everybody: somebody must know."""
    return [one for one in people if Alarm.objects.visible_to(one).filter(pk=alarm.pk).exists()] or people


def _words(context: Mapping[str, Any]) -> str:
    alarm = context["alarm"]
    return _("Alarm not acknowledged for %(minutes)s min, priority %(priority)s: %(device)s, %(title)s.") % {
        "minutes": context["minutes"],
        "priority": alarm.priority,
        "device": alarm.sensor.device.code,
        "title": alarm_title(alarm),
    }
