"""Write alarm rules, and let alarms follow a rule that changes or is switched off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from backend.core import clock
from backend.core.errors import InvalidInput, VersionConflict
from backend.core.models import User
from backend.core.services.audit import record
from telemetry.domain.alarms import Change
from telemetry.models import Alarm, AlarmCondition, AlarmRule
from telemetry.services.alarms.evaluation import judge_again
from telemetry.services.alarms.transitions import follow_condition
from telemetry.services.alarms.windows import first_look
from telemetry.services.notices import tell_devices_changed

_WATCHED = frozenset({"kind", "aggregate", "other_id", "op"})
_JUDGED = (*_WATCHED, "limit", "deadband", "on_delay_s", "off_delay_s", "window_s", "active")


@transaction.atomic
def save_rule(*, rule: AlarmRule) -> AlarmRule:
    """Write a new or changed rule with its condition, and have the ingesters learn of it.

    An alarm of a rule switched off, or made to watch something else, clears: what it said no longer holds.
    New numbers are held against the newest value at once.

    Raises:
        ValidationError: the numbers do not hang together.
    """
    rule.full_clean()
    before = AlarmRule.objects.filter(pk=rule.pk).values(*_JUDGED).first() or {}
    changed = {name for name, value in before.items() if getattr(rule, name) != value}
    rule.save()
    now = clock.now()
    condition, _ = AlarmCondition.objects.select_for_update().get_or_create(rule=rule)
    condition.save_fields(check_at=first_look(rule, now=now), since=now)
    if (changed & _WATCHED or not rule.active) and (condition.active or condition.due_at):
        was_active = condition.active
        condition.save_fields(active=False, pending_since=None, due_at=None, reference=None)
        if was_active:
            follow_condition(rule=rule, change=Change(False, now, condition.value))
    if changed and rule.active:
        condition.rule = rule
        judge_again(condition, now=now)
    tell_devices_changed()
    return rule


@transaction.atomic
def create_rule(*, rule: AlarmRule, actor: User) -> AlarmRule:
    """Write a new rule of a person's.

    Raises:
        InvalidInput: names what is wrong, by field.
    """
    _checked(rule)
    record(actor=actor, action="telemetry.rule_created", subject=f"alarm_rule:{rule.pk}", code=str(rule.code))
    return rule


@transaction.atomic
def change_rule(*, rule: AlarmRule, actor: User, version: int, values: Mapping[str, Any]) -> AlarmRule:
    """Change a rule by hand; a template that made it leaves it alone from then on.

    Raises:
        VersionConflict: someone changed it in the meantime.
        InvalidInput: names what is wrong, by field.
    """
    locked = AlarmRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if locked.version != version:
        raise VersionConflict(current=str(locked.version), version=locked.version, allowed=[])
    before = {name: getattr(locked, name) for name in values}
    changed = {name: value for name, value in values.items() if before[name] != value}
    for name, value in changed.items():
        setattr(locked, name, value)
    if not changed:
        return locked
    locked.version += 1
    locked.edited = locked.edited or locked.template_id is not None
    _checked(locked)
    told = {name: {"from": str(before[name]), "to": str(value)} for name, value in changed.items()}
    record(actor=actor, action="telemetry.rule_changed", subject=f"alarm_rule:{locked.pk}", **told)
    return locked


@transaction.atomic
def follow_template_again(*, rule: AlarmRule, actor: User, version: int) -> AlarmRule:
    """Give a rule that was changed by hand back to its template.

    Raises:
        VersionConflict: someone changed it in the meantime.
    """
    template = rule.template
    values = {name: getattr(template, name) for name in AlarmRule.NUMBERS} if template else {}
    changed = change_rule(rule=rule, actor=actor, version=version, values=values)
    AlarmRule.objects.filter(pk=changed.pk).update(edited=False)
    changed.edited = False
    return changed


@transaction.atomic
def remove_rule(*, rule: AlarmRule, actor: User, version: int) -> bool:
    """Remove a rule; one whose alarms are in the journal, or that a template made, is switched off instead.

    Raises:
        VersionConflict: someone changed it in the meantime.

    Returns:
        Whether it is gone.
    """
    if rule.template_id or Alarm.objects.filter(rule=rule).exists():
        change_rule(rule=rule, actor=actor, version=version, values={"active": False})
        return False
    locked = AlarmRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if locked.version != version:
        raise VersionConflict(current=str(locked.version), version=locked.version, allowed=[])
    record(actor=actor, action="telemetry.rule_removed", subject=f"alarm_rule:{locked.pk}", code=locked.code)
    locked.delete()
    tell_devices_changed()
    return True


def _checked(rule: AlarmRule) -> None:
    try:
        save_rule(rule=rule)
    except ValidationError as error:
        raise InvalidInput(errors=invalid_fields(error)) from None


def invalid_fields(error: ValidationError) -> dict[str, list[str]]:
    """Return what Django found wrong, by field; what is about the whole stands under `non_field_errors`."""
    if not hasattr(error, "error_dict"):
        return {"non_field_errors": list(error.messages)}
    return {name.replace("__all__", "non_field_errors"): texts for name, texts in error.message_dict.items()}
