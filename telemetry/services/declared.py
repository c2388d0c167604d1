"""What is written of a device, a sensor and a limit that a file or a family declares."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.geos import Point

from gis.queries import ElementPlace
from telemetry.domain.deadband import DEFAULT_HEARTBEAT_S
from telemetry.domain.device_file import AlarmEntry, DeviceEntry, ElementRef, Location, SensorEntry
from telemetry.models import Sensor

Elements = dict[ElementRef, ElementPlace]


def device_values(entry: DeviceEntry, elements: Elements) -> dict[str, Any]:
    """Return the columns of a device."""
    return {
        "name": entry.name,
        "protocol": entry.protocol,
        "family": entry.family,
        "modbus": entry.modbus.model_dump() if entry.modbus else {},
        "edge": entry.sparkplug.edge if entry.sparkplug else "",
        "active": entry.active,
        **_place(entry.element, entry.location, elements),
    }


def sensor_values(device: DeviceEntry, entry: SensorEntry, elements: Elements) -> dict[str, Any]:
    """Return the columns of a sensor of a device."""
    default_s = device.modbus.interval_s if device.modbus else device.expected_interval_s
    place = _place(entry.element or device.element, entry.location or device.location, elements)
    return measured_values(entry, default_s) | place


def measured_values(entry: SensorEntry, default_s: float) -> dict[str, Any]:
    """Return the columns of a sensor but for its place; `default_s` is how often its device is heard."""
    register = entry.modbus.model_dump(mode="json", exclude_none=True) if entry.modbus else {}
    field = entry.sparkplug.metric if entry.sparkplug else entry.mqtt.field if entry.mqtt else None
    numbers: Any = entry.modbus or entry.mqtt or entry.sparkplug
    return {
        "quantity": entry.quantity,
        "unit": entry.unit,
        "name_fr": entry.name_fr,
        "name_ar": entry.name_ar,
        "expected_interval_s": entry.expected_interval_s or default_s,
        "cumulative": entry.cumulative,
        "deadband": entry.deadband,
        "heartbeat_s": entry.heartbeat_s or (None if entry.deadband is None else DEFAULT_HEARTBEAT_S),
        "field": field or entry.key,
        "scale": numbers.scale if numbers else 1.0,
        "offset": numbers.offset if numbers else 0.0,
        "valid_min": entry.valid_min,
        "valid_max": entry.valid_max,
        "register": {name: value for name, value in register.items() if name not in {"scale", "offset"}},
        "states": {f"{value:g}": state for value, state in entry.states.items()},
        "active": entry.active,
    }


def rule_values(entry: AlarmEntry) -> dict[str, Any]:
    """Return the columns of a rule but for the sensor it is compared with."""
    return entry.model_dump(exclude={"other"}) | {"code": entry.code or entry.kind}


def compared_with(sensor: Sensor, entry: AlarmEntry) -> int | None:
    """Find the sensor that a rule compares with: a code, or a key of the same device."""
    if not entry.other:
        return None
    code = entry.other if "." in entry.other else f"{sensor.device.code}.{entry.other}"
    return Sensor.objects.filter(code=code).values_list("pk", flat=True).first()


def _place(element: ElementRef | None, location: Location | None, elements: Elements) -> dict[str, Any]:
    place = elements[element] if element else None
    keys = {f"{table}_id": None for table in ("node", "link", "connection_point")}
    lon_lat = (location.lon, location.lat) if location else (place.lon, place.lat) if place else None
    values: dict[str, Any] = keys | {"geom": Point(*lon_lat, srid=4326) if lon_lat else None}
    return values | ({f"{place.table}_id": place.id} if place else {})
