"""Say what would be read of a message if a family were as someone has it before their eyes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from telemetry.domain.device_file import FamilyEntry, SensorEntry
from telemetry.domain.mappings import (
    OWN_TOPIC,
    Found,
    MessageMapping,
    Place,
    TopicPattern,
    in_sensor_units,
)
from telemetry.domain.payloads import Fault, parse
from telemetry.models import Device, Sensor
from telemetry.queries.registry import KnownSensor

MOST_VALUES = 200


@dataclass(frozen=True, slots=True)
class PreviewValue:
    """One value as it would be stored; `verdict` is empty, `out_of_range` or `unknown_sensor`."""

    device: str
    is_known: bool
    seq: int | None
    at: datetime
    key: str
    value: float | None
    unit: str
    sent_unit: str
    quality: int
    verdict: str = ""


@dataclass(slots=True)
class Preview:
    """What a message would come to. `matches` is False where its topic is not the family's."""

    topic: str
    matches: bool = True
    values: list[PreviewValue] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    items: int = 0
    cut: bool = False


def preview_message(
    *, code: str, entry: FamilyEntry, topic: str, payload: bytes, received_at: datetime
) -> Preview:
    """Read a message as the ingester would, and write nothing."""
    found = Preview(topic)
    mapping = MessageMapping.of(entry.mapping) if entry.mapping else None
    pattern = mapping.topic if mapping else TopicPattern.of(OWN_TOPIC)
    place = pattern.place(topic)
    if place is None:
        found.matches = False
        return found
    for one in _read(mapping, payload, place, received_at):
        found.items += 1
        _add(found, one, code, entry)
    return found


def _read(mapping: MessageMapping | None, payload: bytes, place: Place, received_at: datetime) -> list[Found]:
    if mapping is not None:
        return mapping.read(payload, place=place, received_at=received_at)
    return [Found(place.device, item, {}) for item in parse(payload, now=received_at)]


def _add(found: Preview, one: Found, code: str, entry: FamilyEntry) -> None:
    device = Device.objects.filter(code=one.device or "").first()
    if device is not None and device.family != code:
        found.faults.append(Fault("other_family", f"{device.code}: {device.family or '-'} > {code}"))
    sensors = _sensors(device if device and device.family == code else None, entry)
    sent = dict(one.units)
    item = in_sensor_units(one, {name: sensor.unit for name, sensor in sensors.items()})
    found.faults += item.faults
    for name, raw, quality in item.values:
        if len(found.values) >= MOST_VALUES:
            found.cut = True
            return
        assert item.at is not None
        sensor = sensors.get(name)
        value = sensor.convert(raw) if sensor and raw is not None else raw
        verdict = "" if sensor else "unknown_sensor"
        if sensor and value is not None and not sensor.is_valid(value):
            verdict = "out_of_range"
            value, quality, _ = sensor.refused(value)
        unit = sensor.unit if sensor else sent.get(name, "")
        found.values.append(
            PreviewValue(
                one.device or "", device is not None, item.seq, item.at, name, value, unit,
                sent.get(name, ""), quality, verdict,
            )
        )  # fmt: skip


def _sensors(device: Device | None, entry: FamilyEntry) -> dict[str, KnownSensor]:
    """Return the family's sensors by field, and over them those the device has of its own."""
    known = dict(map(_declared, entry.sensors))
    named = {part.key for part in entry.sensors}
    for row in Sensor.objects.filter(device=device, active=True).exclude(key__in=named) if device else ():
        known[row.field] = KnownSensor(
            row.pk, row.key, row.scale, row.offset, row.valid_min, row.valid_max, row.unit
        )
    return known


def _declared(part: SensorEntry) -> tuple[str, KnownSensor]:
    mqtt = part.mqtt
    scale, offset = (mqtt.scale, mqtt.offset) if mqtt else (1.0, 0.0)
    known = KnownSensor(0, part.key, scale, offset, part.valid_min, part.valid_max, part.unit)
    return (mqtt.field if mqtt and mqtt.field else part.key), known
