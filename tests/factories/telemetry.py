"""Devices of the tests: a pressure logger with a low limit, and messages from it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.gis.geos import Point

from backend.core import clock
from telemetry.models import AlarmRule, Device, Sensor
from telemetry.ports import Message
from telemetry.services.alarms import save_rule

BERKANE = Point(-2.32, 34.92, srid=4326)
_mids = count(1)


def device(code: str = "PL-1", protocol: str = "mqtt", **values: Any) -> Device:
    """Create a device that lies in Berkane."""
    return Device.objects.create(code=code, protocol=protocol, **({"name": code, "geom": BERKANE} | values))


def sensor(
    of: Device, key: str = "pressure_kpa", quantity: str = "pressure", unit: str = "kPa", **values: Any
) -> Sensor:
    """Create a sensor of a device, at its place."""
    defaults = {"field": key, "geom": of.geom, "name_fr": "Pression", "name_ar": "الضغط"}
    return Sensor.objects.create(
        device=of, key=key, code=f"{of.code}.{key}", quantity=quantity, unit=unit, **(defaults | values)
    )


def logger(code: str = "PL-1", **values: Any) -> Sensor:
    """Create a pressure logger and return its one sensor."""
    return sensor(device(code), **values)


def sensor_of(code: str) -> Sensor:
    """Return a sensor by its code."""
    return Sensor.objects.get(code=code)


def low_limit(of: Sensor, limit: float = 250, **values: Any) -> AlarmRule:
    """Create a low limit: 15 kPa of deadband, 10 s on, 30 s off."""
    numbers: dict[str, Any] = {"deadband": 15, "on_delay_s": 10, "off_delay_s": 30, "priority": 2} | values
    return save_rule(rule=AlarmRule(sensor=of, code="low", kind="low", limit=limit, **numbers))


def payload(seq: int | None, at: datetime, **values: Any) -> dict[str, Any]:
    """Return one item as devices publish it."""
    item: dict[str, Any] = {"ts": at.astimezone(UTC).isoformat(), "values": values or {"pressure_kpa": 400.0}}
    return item if seq is None else {"seq": seq} | item


def message(body: Any, *, topic: str = "telemetry/PL-1", received_at: datetime | None = None) -> Message:
    """Return a message as the broker delivers it; `body` is JSON data or raw bytes."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Message(topic, raw, next(_mids), 1, received_at or clock.now())


def ago(seconds: float, now: datetime | None = None) -> datetime:
    """Return the instant that many seconds before now."""
    return (now or clock.now()) - timedelta(seconds=seconds)
