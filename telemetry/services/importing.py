"""Bring devices, sensors, mappings and alarm rules in from a file: everything or nothing, twice is once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from gis.queries import element_places
from telemetry.domain.device_file import AlarmEntry, DeviceEntry, ElementRef
from telemetry.domain.device_reader import DeviceFile, RowError, read_device_file
from telemetry.models import AlarmRule, Device, DeviceFamily, Sensor
from telemetry.services.alarms import follow_templates, save_rule
from telemetry.services.declared import (
    Elements,
    compared_with,
    device_values,
    rule_values,
    sensor_values,
)
from telemetry.services.families import keep_family
from telemetry.services.notices import tell_devices_changed


@dataclass(slots=True)
class ImportReport:
    """Count what an import did (or would do), by kind of row, and list what is wrong."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    errors: list[RowError] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the report as programs read it."""
        counts = {name: dict(getattr(self, name)) for name in ("created", "updated", "unchanged")}
        return counts | {"errors": [asdict(error) for error in self.errors]}

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
    families = DeviceFamily.objects.all()
    found = read_device_file(text, kept={family.code: family.declaration for family in families})
    report.errors.extend(found.errors)
    try:
        with transaction.atomic():
            _write(found, report)
            if report.errors or dry_run:
                raise _Cancelled
    except _Cancelled:
        pass
    return report


def _write(found: DeviceFile, report: ImportReport) -> None:
    devices = found.devices
    elements = _find_elements(devices, report)
    if report.errors:
        return
    _keep_families(found, report)
    codes = [device.code for device in devices]
    known = {device.code: device for device in Device.objects.select_for_update().filter(code__in=codes)}
    sensors = {s.code: s for s in Sensor.objects.filter(device__code__in=codes)}
    _refuse_edges_taken(devices, report)
    declared: list[tuple[Sensor, AlarmEntry]] = []
    for entry in devices:
        device = known.get(entry.code) or Device(code=entry.code)
        _save(device, device_values(entry, elements), report, where=entry.code)
        for part in entry.sensors:
            code = f"{entry.code}.{part.key}"
            sensor = sensors.get(code) or Sensor(device=device, code=code, key=part.key)
            _save(sensor, sensor_values(entry, part, elements), report, where=code)
            declared += [(sensor, alarm) for alarm in part.alarms]
    _write_rules(declared, report)
    follow_templates()
    tell_devices_changed()


def _refuse_edges_taken(devices: list[DeviceEntry], report: ImportReport) -> None:
    """Say which Sparkplug edge nodes would belong to two devices."""
    owners: dict[str, str] = {}
    wanted = [(entry.sparkplug.edge, entry.code) for entry in devices if entry.sparkplug]
    named = {entry.code for entry in devices}
    kept = Device.objects.filter(edge__in=[edge for edge, _ in wanted]).exclude(code__in=named)
    for edge, code in [*kept.values_list("edge", "code"), *wanted]:
        if owners.setdefault(edge, code) != code:
            report.errors.append(RowError(code, f"{edge} belongs to {owners[edge]}"))
    if report.errors:
        raise _Cancelled


def _write_rules(declared: list[tuple[Sensor, AlarmEntry]], report: ImportReport) -> None:
    """Write the rules once every sensor is there, so that one may be compared with any other."""
    known = AlarmRule.objects.filter(sensor__in=[sensor.pk for sensor, _ in declared])
    rules = {(rule.sensor_id, rule.code): rule for rule in known}
    for sensor, alarm in declared:
        where = f"{sensor.code} {alarm.code or alarm.kind}"
        other_id = compared_with(sensor, alarm)
        if alarm.other and other_id is None:
            report.errors.append(RowError(where, f"there is no sensor {alarm.other}"))
            continue
        rule = rules.get((sensor.pk, alarm.code or alarm.kind)) or AlarmRule(sensor=sensor)
        _save(rule, rule_values(alarm) | {"other_id": other_id}, report, where=where)


def _keep_families(found: DeviceFile, report: ImportReport) -> None:
    """Keep the families of the file; devices it does not name follow what changed in theirs."""
    named = {device.code for device in found.devices}
    for code, entry in found.families.items():
        try:
            kept = keep_family(code=code, entry=entry, but=named)
        except ValidationError as error:
            report.errors.append(RowError(f"families {code}", "; ".join(error.messages)))
            raise _Cancelled from None
        report.note(kept.family, created=kept.created, changed=kept.changed)
        report.updated.update(kept.followed)


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
