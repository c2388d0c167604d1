"""Lay rules over the sensors of a family or a zone, and follow what changes there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from backend.core.errors import InvalidInput, VersionConflict
from backend.core.models import User
from backend.core.services.audit import record
from telemetry.models import AlarmRule, AlarmTemplate, Sensor
from telemetry.queries.alarm_rules import sensors_of
from telemetry.services.alarms.rules import invalid_fields, save_rule


@transaction.atomic
def save_template(
    *, template: AlarmTemplate, actor: User | None, version: int | None = None, values: Mapping[str, Any] = {}
) -> Counter[str]:
    """Write a new template, or change one, and lay it.

    Args:
        version: the version the person saw; None for a new one.

    Raises:
        VersionConflict: someone changed it in the meantime.
        InvalidInput: names what is wrong, by field.

    Returns:
        How many rules were created, updated, kept as edited by hand, and switched off.
    """
    if template.pk:
        template = AlarmTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
        if version is not None and template.version != version:
            raise VersionConflict(current=str(template.version), version=template.version, allowed=[])
        template.version += 1
    told = _changes(template, values)
    for name, value in values.items():
        setattr(template, name, value)
    try:
        template.full_clean()
        template.save()
        done = lay_template(template=template)
    except ValidationError as error:
        raise InvalidInput(errors=invalid_fields(error)) from None
    subject = f"alarm_template:{template.pk}"
    record(actor=actor, action="telemetry.template_saved", subject=subject, rules=dict(done), **told)
    return done


def _changes(template: AlarmTemplate, values: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    before = {name: getattr(template, name) for name in values} if template.pk else {}
    return {
        name: {"from": str(before[name]), "to": str(value)}
        for name, value in values.items()
        if name in before and before[name] != value
    }


@transaction.atomic
def lay_template(*, template: AlarmTemplate) -> Counter[str]:
    """Make, change and switch off the rules of a template; those edited by hand are left alone."""
    done: Counter[str] = Counter()
    wanted = {sensor.pk: sensor for sensor in sensors_of(template)} if template.active else {}
    rules = {rule.sensor_id: rule for rule in template.rules.select_related("sensor")}
    others = _others(template, wanted)
    taken = set(
        AlarmRule.objects.filter(sensor__in=list(wanted), code=template.code)
        .exclude(template=template)
        .values_list("sensor_id", flat=True)
    )
    for sensor_id, sensor in wanted.items():
        if sensor_id in taken or (template.other_key and sensor_id not in others):
            done["kept"] += 1
            continue
        rule = rules.get(sensor_id) or AlarmRule(sensor=sensor, code=template.code, template=template)
        values = {name: getattr(template, name) for name in AlarmRule.NUMBERS}
        done[_lay(rule, values | {"other_id": others.get(sensor_id), "active": True})] += 1
    for sensor_id, rule in rules.items():
        if sensor_id not in wanted and rule.active:
            done[_lay(rule, {"active": False})] += 1
    return done


def follow_templates() -> Counter[str]:
    """Lay every active template again: sensors come, go and move, and zones are redrawn."""
    done: Counter[str] = Counter()
    for template in AlarmTemplate.objects.filter(active=True).order_by("pk"):
        done += lay_template(template=template)
    return done


def _others(template: AlarmTemplate, wanted: Mapping[int, Sensor]) -> dict[int, int]:
    """Find, for each sensor, the one of the same device that it is compared with."""
    if not template.other_key:
        return {}
    devices = {sensor.device_id for sensor in wanted.values()}
    keyed = Sensor.objects.filter(device__in=devices, key=template.other_key, active=True)
    by_device = dict(keyed.values_list("device_id", "pk"))
    return {
        pk: by_device[sensor.device_id]
        for pk, sensor in wanted.items()
        if by_device.get(sensor.device_id, pk) != pk
    }


def _lay(rule: AlarmRule, values: Mapping[str, Any]) -> str:
    if rule.edited:
        return "kept"
    changed = {name: value for name, value in values.items() if getattr(rule, name) != value}
    if rule.pk and not changed:
        return "unchanged"
    created = rule.pk is None
    for name, value in changed.items():
        setattr(rule, name, value)
    if not created:
        rule.version += 1
    save_rule(rule=rule)
    return "created" if created else "updated" if rule.active else "switched_off"
