"""Read sensors and their newest values, scoped to who asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from backend.core import clock
from gis.queries import within_jurisdiction
from telemetry.domain.alarm_kinds import LEVELS
from telemetry.domain.quality import Quality, is_stale
from telemetry.models import AlarmRule, Device, LatestReading, Sensor
from telemetry.models.scoping import Viewer

ELEMENTS = ("node__network", "link__network", "connection_point__network")


@dataclass(frozen=True, slots=True)
class LatestValue:
    """The newest value of a sensor; `quality` is 500 once it missed several expected updates."""

    sensor_id: int
    code: str
    at: datetime
    received_at: datetime
    value: float | None
    quality: int
    stale: bool
    reason: str


def sensors_for(user: Viewer) -> QuerySet[Sensor]:
    """Return the active sensors a person may see, with what a list shows of them."""
    levels = AlarmRule.objects.filter(active=True, kind__in=list(LEVELS)).order_by("pk")
    rules = Prefetch("rules", levels, to_attr="limits")
    sensors = Sensor.objects.visible_to(user).filter(active=True, device__active=True)
    return sensors.select_related("device", "latest", *ELEMENTS).prefetch_related(rules)


def visible_sensor_ids(user: Viewer) -> frozenset[int] | None:
    """Return the sensors a person may see, or None for all."""
    condition = within_jurisdiction(user)
    if not condition:
        return None
    return frozenset(Sensor.objects.filter(condition).values_list("pk", flat=True))


def latest_values(sensor_ids: Iterable[int] | None = None) -> list[LatestValue]:
    """Return the newest values of some sensors, or of all; those without any are left out."""
    rows = LatestReading.objects.select_related("sensor").only(
        "at",
        "received_at",
        "value",
        "quality",
        "reason",
        "stale",
        "sensor__code",
        "sensor__expected_interval_s",
    )
    rows = rows.filter(sensor__active=True, sensor__device__active=True)
    if sensor_ids is not None:
        rows = rows.filter(sensor_id__in=list(sensor_ids))
    now = clock.now()
    return [_latest_value(row, now) for row in rows]


def latest_for(user: Viewer) -> list[LatestValue]:
    """Return the newest values of every sensor a person may see."""
    return latest_values(visible_sensor_ids(user))


def sensor_row(sensor: Sensor, now: datetime) -> dict[str, Any]:
    """Return the public properties of a sensor of `sensors_for`."""
    latest = getattr(sensor, "latest", None)
    value = _latest_value(latest, now) if latest else None
    return {
        "code": sensor.code,
        "key": sensor.key,
        "name": sensor.name,
        "device": sensor.device.code,
        "quantity": sensor.quantity,
        "unit": sensor.unit,
        "expected_interval_s": sensor.expected_interval_s,
        "cumulative": sensor.cumulative,
        **element_of(sensor),
        "latest": value
        and {
            "value": value.value,
            "at": value.at,
            "age_s": round(max((now - value.at).total_seconds(), 0.0), 1),
            "quality": value.quality,
            "reason": value.reason,
            "stale": value.stale,
        },
        "limits": [
            {
                "kind": rule.kind,
                "code": rule.code,
                "limit": rule.limit,
                "deadband": rule.deadband,
                "on_delay_s": rule.on_delay_s,
                "off_delay_s": rule.off_delay_s,
                "priority": rule.priority,
            }
            for rule in sensor.limits  # type: ignore[attr-defined]
        ],
    }


def element_of(placed: Any) -> dict[str, Any]:
    """Return the network and element something sits on: `{network, element: {kind, code}}`, or nulls."""
    element = placed.node or placed.link or placed.connection_point
    if element is None:
        return {"network": None, "element": None}
    kind = getattr(element, "kind", "connection_point")
    return {"network": element.network.code, "element": {"kind": kind, "code": element.code}}


def _latest_value(row: LatestReading, now: datetime) -> LatestValue:
    interval = row.sensor.expected_interval_s
    stale = row.stale or is_stale(at=row.at, now=now, expected_interval_s=interval)
    quality = int(Quality.STALE) if stale else row.quality
    return LatestValue(
        row.sensor_id, row.sensor.code, row.at, row.received_at, row.value, quality, stale, row.reason
    )


def sensors_of_device(device: Device) -> list[tuple[Sensor, LatestValue | None]]:
    """Return the sensors of a device that the person may see, active ones first, with their newest values."""
    now = clock.now()
    sensors = device.sensors.select_related("latest").order_by("-active", "key")
    latest = [(sensor, getattr(sensor, "latest", None)) for sensor in sensors]
    return [(sensor, _latest_value(row, now) if row else None) for sensor, row in latest]
