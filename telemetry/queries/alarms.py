"""Read alarms and the conditions under them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from backend.core import clock
from backend.core.queries.users import roles_of
from telemetry.domain.alarm_states import (
    ACKNOWLEDGED,
    ACTIVE,
    ALARM,
    CONDITION_ACTIVE,
    CONDITION_CLEARED,
    NO_PLANNED_WORK,
    NORMAL,
)
from telemetry.models import Alarm, AlarmCondition, AlarmGroup, AlarmSuppression, Sensor
from telemetry.models.scoping import Viewer
from telemetry.queries.alarm_words import alarm_title, limit_text, measure_unit, tie_text
from telemetry.queries.sensors import ELEMENTS, element_of

_ALWAYS = ("rule__condition", "rule__sensor")
_SOMETIMES = ("rule__other", "suppression", "acknowledged_by")


@dataclass(frozen=True, slots=True)
class AlarmFact:
    """What an incident needs to know of an alarm. `active`: the limit is crossed now, whoever saw it."""

    id: int
    state: str
    active: bool
    label: str
    priority: int
    raised_at: datetime | None
    sensor_code: str
    network_code: str | None
    element_kind: str | None
    element_code: str | None
    lon: float | None
    lat: float | None


def is_condition_active(rule_id: int) -> bool:
    """Tell whether a rule's limit is crossed right now, whatever the state of its alarm."""
    return AlarmCondition.objects.filter(rule_id=rule_id, active=True).exists()


def alarms_for(user: Viewer) -> QuerySet[Alarm]:
    """Return the alarms a person may see, with what a list shows of them."""
    return _whole(Alarm.objects.visible_to(user))


def _whole(alarms: QuerySet[Alarm]) -> QuerySet[Alarm]:
    """Add what a row tells, in several questions: to plan one that joins all takes 30 ms or more."""
    sensors = Sensor.objects.select_related("device").prefetch_related(*ELEMENTS)
    groups = AlarmGroup.objects.select_related("root__rule", "root__sensor__device")
    return alarms.select_related(*_ALWAYS).prefetch_related(
        Prefetch("sensor", sensors), Prefetch("group", groups), *_SOMETIMES
    )


def active_alarms(user: Viewer) -> QuerySet[Alarm]:
    """Return the alarms a person may see whose limit is crossed and that are not set aside."""
    return alarms_for(user).filter(state__in=[ACTIVE, ACKNOWLEDGED]).order_by("priority", "-raised_at")


def alarm_rows(ids: Iterable[int] | None = None, user: Viewer = None) -> list[dict[str, Any]]:
    """Return alarms as the API shows them, plus `id`, `lon` and `lat`: some, or every open one.

    With a user: only what that person may see, and what they may do about it in `allowed`.
    """
    alarms = alarms_for(user) if user else _whole(Alarm.objects.all())
    alarms = alarms.exclude(state=NORMAL) if ids is None else alarms.filter(pk__in=list(ids))
    return [
        {"id": alarm.pk, **_lon_lat(alarm), **alarm_row(alarm, user)}
        for alarm in alarms.order_by("priority", "-raised_at", "pk")
    ]


def alarm_row(alarm: Alarm, user: Viewer = None) -> dict[str, Any]:
    """Return the public properties of an alarm of `alarms_for`."""
    rule, sensor = alarm.rule, alarm.sensor
    return {
        "sensor": sensor.code,
        "sensor_id": sensor.pk,
        "name": sensor.name,
        "title": alarm_title(alarm),
        "device": sensor.device.code,
        "quantity": sensor.quantity,
        "unit": measure_unit(rule),
        "kind": rule.kind,
        "rule": rule.code,
        "limit": rule.spec.watched.limit,
        "limit_text": limit_text(rule),
        "alarm_class": rule.alarm_class,
        "alarm_class_label": rule.get_alarm_class_display(),
        "value": alarm.raised_value,
        "priority": alarm.priority,
        "state": alarm.state,
        "state_label": alarm.get_state_display(),
        "active": rule.condition.active,
        "raised_at": alarm.raised_at,
        "acknowledged_at": alarm.acknowledged_at,
        "acknowledged_by": str(alarm.acknowledged_by) if alarm.acknowledged_by else None,
        "cleared_at": alarm.cleared_at,
        "shelved_until": alarm.shelved_until,
        "suppressed_until": alarm.suppression.ends_at if alarm.suppression else None,
        "suppressed_for": alarm.suppression.reason if alarm.suppression else None,
        "calls": alarm.calls,
        "called_at": alarm.called_at,
        "escalated_at": alarm.escalated_at,
        "group": group_row(alarm),
        "updated_at": alarm.updated_at,
        "version": alarm.version,
        "allowed": allowed_changes(alarm, user) if user else [],
        "response": rule.response,
        "consequence": rule.consequence,
        **element_of(sensor),
    }


def group_row(alarm: Alarm) -> dict[str, Any] | None:
    """Return what an alarm's row says of its group: which, its first alarm, and why it joined."""
    group = alarm.group
    if group is None or group.closed_at is not None:
        return None
    return {
        "id": group.pk,
        "root_alarm": group.root_id,
        "title": f"{group.root.sensor.device.code} · {alarm_title(group.root)}",
        "why": tie_text(alarm.group_why),
        "version": group.version,
    }


def allowed_changes(alarm: Alarm, user: Viewer) -> list[dict[str, Any]]:
    """List what a person may do about an alarm now: `[{to, needs_reason}]`."""
    unmet = {CONDITION_CLEARED if alarm.rule.condition.active else CONDITION_ACTIVE}
    if held_by(alarm):
        unmet.add(NO_PLANNED_WORK)
    roles = roles_of(user)
    return [
        {"to": edge.to, "needs_reason": edge.needs_reason}
        for edge in ALARM.edges[alarm.state]
        if edge.roles & roles and unmet.isdisjoint(edge.guards)
    ]


def held_by(alarm: Alarm) -> AlarmSuppression | None:
    """Return the planned work that keeps an alarm suppressed at the moment."""
    planned = alarm.suppression
    return planned if planned and not planned.lifted_at and planned.ends_at > clock.now() else None


def alarm_facts(alarm_ids: Iterable[int]) -> list[AlarmFact]:
    """Return what incidents need to know of some alarms, unscoped: for the worker."""
    return [_fact(alarm) for alarm in _whole(Alarm.objects.filter(pk__in=list(alarm_ids)))]


def _fact(alarm: Alarm) -> AlarmFact:
    place = element_of(alarm.sensor)
    element = place["element"] or {"kind": None, "code": None}
    return AlarmFact(
        id=alarm.pk,
        state=alarm.state,
        active=alarm.rule.condition.active,
        label=f"{alarm.sensor.device.code} · {alarm_title(alarm)}",
        priority=alarm.priority,
        raised_at=alarm.raised_at,
        sensor_code=alarm.sensor.code,
        network_code=place["network"],
        element_kind=element["kind"],
        element_code=element["code"],
        **_lon_lat(alarm),
    )


def _lon_lat(alarm: Alarm) -> dict[str, float | None]:
    geom = alarm.sensor.geom
    return {"lon": geom.x if geom else None, "lat": geom.y if geom else None}
