"""What screens show as it changes: newest values and open alarms, each within a person's zones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.core.models import User
from backend.core.queries.users import roles_of
from gis.models.scoping import areas_of
from telemetry.domain.alarm_states import ALARM, NORMAL
from telemetry.domain.quality import Quality
from telemetry.models import Alarm, LatestReading, Sensor


@dataclass(frozen=True, slots=True)
class LatestValue:
    """The newest value of a sensor, with its device time and its quality of this moment (500 when stale)."""

    sensor_id: int
    code: str
    at: datetime
    value: float | None
    quality: int


def visible_sensor_ids(user: User) -> frozenset[int] | None:
    """Return the sensors a person may see, or None for all of them."""
    if areas_of(user) is None:
        return None
    return frozenset(Sensor.objects.visible_to(user).values_list("pk", flat=True))


def latest_values(sensor_ids: Collection[int] | None) -> list[LatestValue]:
    """Return the newest values of some sensors, or of all of them."""
    rows = LatestReading.objects.all()
    if sensor_ids is not None:
        rows = rows.filter(sensor_id__in=sensor_ids)
    return [
        LatestValue(sensor_id, code, at, value, Quality.STALE.value if stale else quality)
        for sensor_id, code, at, value, quality, stale in rows.values_list(
            "sensor_id", "sensor__code", "at", "value", "quality", "stale"
        )
    ]


def alarm_rows(user: User, ids: Collection[int] | None = None) -> list[dict[str, Any]]:
    """Return alarms a person may see, ready to be sent: those named, or every one that is not normal.

    Texts are in the language of the moment; `lon`, `lat` are EPSG:4326; `allowed` is what this person may do.
    """
    alarms = Alarm.objects.visible_to(user).select_related(
        "rule",
        "acknowledged_by",
        "sensor__device",
        "sensor__node__network",
        "sensor__link__network",
        "sensor__connection_point__network",
    )
    alarms = alarms.exclude(state=NORMAL) if ids is None else alarms.filter(pk__in=ids)
    roles = roles_of(user)
    return [alarm_row(alarm, roles) for alarm in alarms.order_by("pk")]


def alarm_row(alarm: Alarm, roles: frozenset[str]) -> dict[str, Any]:
    """Return one alarm as screens and the API show it."""
    sensor, rule = alarm.sensor, alarm.rule
    element = sensor.node or sensor.link
    place = sensor.geom
    return {
        "id": alarm.pk,
        "sensor": sensor.code,
        "sensor_id": sensor.pk,
        "name": sensor.name,
        "device": sensor.device.code,
        "quantity": sensor.quantity,
        "unit": sensor.unit,
        "rule": rule.code,
        "kind": rule.kind,
        "limit": rule.limit,
        "value": alarm.raised_value,
        "priority": alarm.priority,
        "state": alarm.state,
        "state_label": alarm.get_state_display(),
        "raised_at": alarm.raised_at,
        "acknowledged_at": alarm.acknowledged_at,
        "acknowledged_by": str(alarm.acknowledged_by) if alarm.acknowledged_by else None,
        "cleared_at": alarm.cleared_at,
        "shelved_until": alarm.shelved_until,
        "version": alarm.version,
        "allowed": [
            {"to": edge.to, "needs_reason": edge.needs_reason}
            for edge in ALARM.edges.get(alarm.state, ())
            if edge.roles & roles
        ],
        "response": rule.response,
        "network": element.network.code if element else None,
        "element": {"kind": element.kind, "code": element.code} if element else None,
        "lon": place.x if place else None,
        "lat": place.y if place else None,
    }
