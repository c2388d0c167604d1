"""Bring devices, sensors, mappings and alarm rules in from a file: everything or nothing, twice is once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction

from gis.queries import ElementPlace, element_places
from telemetry.domain.device_file import (
    AlarmEntry,
    DeviceEntry,
    ElementRef,
    Location,
    RowError,
    SensorEntry,
    read_device_file,
)
from telemetry.models import AlarmRule, Device, Sensor
from telemetry.services.alarms import save_rule

DEVICES_CHANNEL = "chabaka_devices"
Elements = dict[ElementRef, ElementPlace]


@dataclass(slots=True)
class ImportReport:
    """Count what an import did (or would do), by kind of row, and list what is wrong."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    errors: list[RowError] = field(default_factory=list)

    def note(self, row: models.Model, *, created: bool, changed: bool) -> None:
        """Count a row under what happened to it."""
        counter = self.created if created else self.updated if changed else self.unchanged
        counter[row._meta.model_name or ""] += 1


class _Cancelled(Exception):  # noqa: N818 - it reports nothing wrong
    """Roll back what a dry run or a faulty file has written."""


def import_devices(*, path: Path, dry_run: bool = False) -> ImportReport:
    """Read a device file and write it in one transaction; with errors, or in a dry run, nothing stays.

    Rows of an earlier import that the file does not name are left alone.
    """
    report = ImportReport()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        report.errors.append(RowError("file", str(error)))
        return report
    found = read_device_file(text)
    report.errors.extend(found.errors)
    try:
        with transaction.atomic():
            _write(found.devices, report)
            if report.errors or dry_run:
                raise _Cancelled
    except _Cancelled:
        pass
    return report


def _write(devices: list[DeviceEntry], report: ImportReport) -> None:
    elements = _find_elements(devices, report)
    if report.errors:
        return
    codes = [device.code for device in devices]
    known = {device.code: device for device in Device.objects.select_for_update().filter(code__in=codes)}
    sensors = {s.code: s for s in Sensor.objects.filter(device__code__in=codes)}
    rules = {(r.sensor_id, r.code): r for r in AlarmRule.objects.filter(sensor__device__code__in=codes)}
    for entry in devices:
        device = known.get(entry.code) or Device(code=entry.code)
        _save(device, _device_values(entry, elements), report, where=entry.code)
        for part in entry.sensors:
            code = f"{entry.code}.{part.key}"
            sensor = sensors.get(code) or Sensor(device=device, code=code, key=part.key)
            _save(sensor, _sensor_values(entry, part, elements), report, where=code)
            for alarm in part.alarms:
                rule = rules.get((sensor.pk, alarm.code or alarm.kind)) or AlarmRule(sensor=sensor)
                _save(rule, _rule_values(alarm), report, where=f"{code} {alarm.code or alarm.kind}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [DEVICES_CHANNEL])


def _find_elements(devices: list[DeviceEntry], report: ImportReport) -> Elements:
    wanted: dict[tuple[str, Any], list[tuple[str, ElementRef]]] = defaultdict(list)
    for where, reference in _references(devices):
        wanted[reference.network, reference.table].append((where, reference))
    found: Elements = {}
    for (network, table), references in wanted.items():
        codes = {reference.code for _, reference in references}
        places = defaultdict(list)
        for place in element_places(network=network, table=table, codes=codes):
            places[place.code].append(place)
        for where, reference in references:
            matches = [p for p in places[reference.code] if reference.kind in (None, p.kind)]
            if len(matches) == 1:
                found[reference] = matches[0]
                continue
            reason = "names several elements, say its kind" if matches else "is not in the network"
            report.errors.append(RowError(where, f"{table} {reference.code} of {network} {reason}"))
    return found


def _references(devices: list[DeviceEntry]) -> Iterator[tuple[str, ElementRef]]:
    for device in devices:
        for element in (device.element, *(sensor.element for sensor in device.sensors)):
            if element:
                yield device.code, element


def _save(row: Any, values: dict[str, Any], report: ImportReport, *, where: str) -> None:
    created = row.pk is None
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if created or changed:
        for name, value in values.items():
            setattr(row, name, value)
        if not created and hasattr(row, "version"):
            row.version += 1
        try:
            _write_row(row)
        except ValidationError as error:
            report.errors.append(RowError(where, "; ".join(error.messages)))
            raise _Cancelled from None
    report.note(row, created=created, changed=bool(changed))


def _write_row(row: Any) -> None:
    if isinstance(row, AlarmRule):
        save_rule(rule=row)
    else:
        row.full_clean(exclude=["device", "node", "link", "connection_point"], validate_constraints=False)
        row.save()


def _device_values(entry: DeviceEntry, elements: Elements) -> dict[str, Any]:
    return {
        "name": entry.name,
        "protocol": entry.protocol,
        "family": entry.family,
        "modbus": entry.modbus.model_dump() if entry.modbus else {},
        "active": entry.active,
        **_place(entry.element, entry.location, elements),
    }


def _sensor_values(device: DeviceEntry, entry: SensorEntry, elements: Elements) -> dict[str, Any]:
    register = entry.modbus.model_dump(mode="json", exclude_none=True) if entry.modbus else {}
    field_ = entry.mqtt.field if entry.mqtt else None
    numbers: Any = entry.modbus or entry.mqtt
    default_s = device.modbus.interval_s if device.modbus else device.expected_interval_s
    return {
        "quantity": entry.quantity,
        "unit": entry.unit,
        "name_fr": entry.name_fr,
        "name_ar": entry.name_ar,
        "expected_interval_s": entry.expected_interval_s or default_s,
        "cumulative": entry.cumulative,
        "field": field_ or entry.key,
        "scale": numbers.scale if numbers else 1.0,
        "offset": numbers.offset if numbers else 0.0,
        "valid_min": entry.valid_min,
        "valid_max": entry.valid_max,
        "register": {name: value for name, value in register.items() if name not in {"scale", "offset"}},
        "states": {f"{value:g}": state for value, state in entry.states.items()},
        "active": entry.active,
        **_place(entry.element or device.element, entry.location or device.location, elements),
    }


def _rule_values(entry: AlarmEntry) -> dict[str, Any]:
    return entry.model_dump() | {"code": entry.code or entry.kind}


def _place(element: ElementRef | None, location: Location | None, elements: Elements) -> dict[str, Any]:
    place = elements[element] if element else None
    keys = {f"{table}_id": None for table in ("node", "link", "connection_point")}
    lon_lat = (location.lon, location.lat) if location else (place.lon, place.lat) if place else None
    values: dict[str, Any] = keys | {"geom": Point(*lon_lat, srid=4326) if lon_lat else None}
    return values | ({f"{place.table}_id": place.id} if place else {})
