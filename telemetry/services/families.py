"""Keep what devices of one kind share, and let the devices of the kind follow what changes in it.

A device may differ from its family. So a change is laid over each device by column: what the device had from
the family follows it, what was its own stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from backend.core.errors import InvalidInput, VersionConflict
from backend.core.models import User
from backend.core.services.audit import record
from telemetry.domain.device_file import AlarmEntry, FamilyEntry, ModbusEndpoint, SensorEntry
from telemetry.domain.device_reader import FAMILY_ONLY
from telemetry.domain.mappings import OWN_TOPIC, TopicPattern
from telemetry.models import AlarmRule, Device, DeviceFamily, Protocol, Sensor
from telemetry.services.alarms import save_rule
from telemetry.services.declared import compared_with, measured_values, rule_values
from telemetry.services.notices import tell_devices_changed

_APART = FAMILY_ONLY | {"protocol", "sensors"}
_PLACE = ("node_id", "link_id", "connection_point_id", "geom")
DEFAULT_S = 60.0


@dataclass(slots=True)
class Kept:
    """Say what became of a family; `followed` counts the rows of its devices that changed, by kind."""

    family: DeviceFamily
    created: bool = False
    changed: bool = False
    followed: Counter[str] = field(default_factory=Counter)


@transaction.atomic
def save_family(*, code: str, entry: FamilyEntry, version: int) -> Kept:
    """Write a family that someone edited; `version` is the one they saw, 0 for a new family.

    Raises:
        VersionConflict: someone else changed it meanwhile, or the code is taken.
        ValidationError: the code is none.
    """
    current = DeviceFamily.objects.select_for_update().filter(code=code).first()
    found = current.version if current else 0
    if found != version:
        raise VersionConflict(current=code, version=found, allowed=[])
    kept = keep_family(code=code, entry=entry)
    if kept.created or kept.changed:
        tell_devices_changed()
    return kept


def keep_family(*, code: str, entry: FamilyEntry, but: Collection[str] = ()) -> Kept:
    """Write a family in the caller's transaction; its devices follow, `but` those named.

    Raises:
        ValidationError: the code is none, or the topic crosses that of another family.
    """
    family = DeviceFamily.objects.select_for_update().filter(code=code).first()
    kept = Kept(family or DeviceFamily(code=code), created=family is None)
    before = _entry(kept.family) if family else FamilyEntry(protocol=entry.protocol)
    values = _columns(entry)
    changed = [name for name, value in values.items() if getattr(kept.family, name) != value]
    if not kept.created and not changed:
        return kept
    if "mapping" in changed:
        _refuse_crossing(code, entry)
    for name, value in values.items():
        setattr(kept.family, name, value)
    kept.family.version += 0 if kept.created else 1
    kept.family.full_clean(validate_unique=False)
    kept.family.save()
    kept.changed = not kept.created
    if changed and family is not None:
        _let_follow(kept, before, entry, but)
    return kept


def _refuse_crossing(code: str, entry: FamilyEntry) -> None:
    """Refuse a topic by which devices of one family could be taken for devices of another."""
    if entry.mapping is None:
        return
    own = TopicPattern.of(entry.mapping.topic)
    others = DeviceFamily.objects.filter(protocol=Protocol.MQTT).exclude(code=code).exclude(mapping={})
    for family in others.order_by("code"):
        other = TopicPattern.of(family.mapping.get("topic", OWN_TOPIC))
        if own.speaks_for(other) or other.speaks_for(own):
            told = {"family": family.code, "topic": other.text}
            text = _("By this topic a device could speak for one of the family %(family)s (%(topic)s).")
            raise ValidationError(text % told)


@transaction.atomic
def change_device_family(*, device: Device, code: str, actor: User, version: int) -> Kept:
    """Give a device another family and lay its sensors anew; what is the device's own stays.

    Sensors that only the former family had are turned off, not removed: their history stays.

    Raises:
        VersionConflict: someone else changed the device meanwhile.
        InvalidInput: there is no such family, or it is of another protocol.
    """
    locked = Device.objects.select_for_update().get(pk=device.pk)
    if locked.version != version:
        raise VersionConflict(current=locked.family, version=locked.version, allowed=[])
    families = DeviceFamily.objects.in_bulk([code, locked.family], field_name="code")
    wanted, former = families.get(code), families.get(locked.family)
    if wanted is None or wanted.protocol != locked.protocol:
        raise InvalidInput(errors={"family": [_("Choose a family of the device's own protocol.")]})
    kept = Kept(wanted)
    if code == locked.family:
        return kept
    before = _entry(former) if former else FamilyEntry(protocol=wanted.protocol)  # type: ignore[arg-type]
    told = {"from": locked.family, "to": code}
    record(actor=actor, action="telemetry.device_family_changed", subject=f"device:{locked.pk}", **told)
    locked.family = code
    locked.version += 1
    locked.save(update_fields=["family", "version"])
    _let_one_follow(kept, locked, before, _entry(wanted))
    tell_devices_changed()
    return kept


def _columns(entry: FamilyEntry) -> dict[str, Any]:
    said = entry.model_dump(mode="json", exclude_unset=True)
    return {
        "protocol": entry.protocol,
        "name_fr": entry.name_fr,
        "name_ar": entry.name_ar,
        "mapping": said.get("mapping") or {},
        "sensors": said.get("sensors", []),
        "defaults": {name: value for name, value in said.items() if name not in _APART},
    }


def _entry(family: DeviceFamily) -> FamilyEntry:
    return FamilyEntry.model_validate(family.declaration)


def _let_follow(kept: Kept, before: FamilyEntry, after: FamilyEntry, but: Collection[str]) -> None:
    devices = Device.objects.select_for_update().filter(family=kept.family.code).exclude(code__in=but)
    for device in devices.order_by("pk"):
        _let_one_follow(kept, device, before, after)


def _let_one_follow(kept: Kept, device: Device, before: FamilyEntry, after: FamilyEntry) -> None:
    if _follow_modbus(device, before, after):
        kept.followed["device"] += 1
    _follow_sensors(kept, device, before, after)


def _follow_modbus(device: Device, before: FamilyEntry, after: FamilyEntry) -> bool:
    if not device.modbus:
        return False
    was, is_now = (_endpoint(entry) for entry in (before, after))
    values = {
        name: is_now[name]
        for name in is_now.keys() & was.keys()
        if was[name] != is_now[name] and device.modbus.get(name) == was[name]
    }
    if values:
        device.modbus = device.modbus | values
        device.version += 1
        device.save(update_fields=["modbus", "version"])
    return bool(values)


def _endpoint(entry: FamilyEntry) -> dict[str, Any]:
    whole = ModbusEndpoint.model_validate({"endpoint": "env:MODBUS_URL"} | (entry.modbus or {})).model_dump()
    return {name: value for name, value in whole.items() if name != "endpoint"}


def _default_s(entry: FamilyEntry) -> float:
    if entry.modbus:
        return float(_endpoint(entry)["interval_s"])
    return entry.expected_interval_s or DEFAULT_S


def _follow_sensors(kept: Kept, device: Device, before: FamilyEntry, after: FamilyEntry) -> None:
    old = {part.key: part for part in before.sensors}
    new = {part.key: part for part in after.sensors}
    rows = {sensor.key: sensor for sensor in device.sensors.all()}
    for key in old.keys() | new.keys():
        was = measured_values(old[key], _default_s(before)) if key in old else {}
        values = measured_values(new[key], _default_s(after)) if key in new else was | {"active": False}
        was = was or values | {"active": False}  # one that was turned off comes back as it was
        row = rows.get(key)
        if row is None and key in new:
            row = Sensor(device=device, key=key, code=f"{device.code}.{key}")
            values |= {name: getattr(device, name) for name in _PLACE}
        if row is not None and _lay(row, was, values):
            row.full_clean(exclude=["device", *(name.removesuffix("_id") for name in _PLACE)])
            row.save()
            kept.followed["sensor"] += 1
        if row is not None:
            _follow_limits(kept, row, old.get(key), new.get(key))


def _lay(row: Any, was: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Set the columns whose value came from the family and changes there; of a new row, all."""
    follow = {
        name: value
        for name, value in values.items()
        if row.pk is None or (name in was and was[name] != value and getattr(row, name) == was[name])
    }
    for name, value in follow.items():
        setattr(row, name, value)
    return bool(follow)


def _follow_limits(kept: Kept, sensor: Sensor, old: SensorEntry | None, new: SensorEntry | None) -> None:
    was, is_now = _limits(old), _limits(new)
    if (old and old.alarms) == (new and new.alarms):
        return
    others = {a.code or a.kind: compared_with(sensor, a) for a in (new.alarms if new else ())}
    rules = {rule.code: rule for rule in sensor.rules.all()}
    for code in was.keys() | is_now.keys():
        values = is_now.get(code) or was[code] | {"active": False}
        before = was.get(code) or values | {"active": False}
        rule = rules.get(code) or (AlarmRule(sensor=sensor) if code in is_now else None)
        if rule is not None and _lay(rule, before, values):
            rule.other_id = others.get(code, rule.other_id)
            rule.version += 0 if rule.pk is None else 1
            save_rule(rule=rule)
            kept.followed["alarmrule"] += 1


def _limits(entry: SensorEntry | None) -> dict[str, dict[str, Any]]:
    alarms: tuple[AlarmEntry, ...] = entry.alarms if entry else ()
    return {alarm.code or alarm.kind: rule_values(alarm) for alarm in alarms}
