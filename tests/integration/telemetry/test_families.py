"""Families are kept, and their devices follow what changes in them but for what is their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.exceptions import ValidationError as DjangoValidationError

from backend.core.errors import VersionConflict
from telemetry.domain.device_file import FamilyEntry
from telemetry.domain.device_reader import read_family
from telemetry.models import AlarmRule, Device, DeviceFamily, Sensor
from telemetry.queries.registry import load_registry
from telemetry.services import ImportReport, import_devices, save_family

pytestmark = pytest.mark.django_db

LOW = {"kind": "low", "limit": 250, "deadband": 15}
LOGGER: dict[str, Any] = {
    "protocol": "mqtt",
    "expected_interval_s": 30,
    "sensors": [
        {"key": "pressure_kpa", "quantity": "pressure", "unit": "kPa", "valid_max": 2000, "alarms": [LOW]}
    ],
}
PLC: dict[str, Any] = {
    "modbus": {"interval_s": 5, "timeout_s": 1},
    "sensors": [
        {"key": "level_m", "quantity": "level", "unit": "m", "modbus": {"table": "input", "address": 3}}
    ],
}
OWN = {"sensors": [{"key": "pressure_kpa", "valid_max": 1600}]}


def entry(raw: dict[str, Any]) -> FamilyEntry:
    family = read_family("logger", raw)
    assert isinstance(family, FamilyEntry), family
    return family


def bring_in(tmp_path: Path, families: dict[str, Any], *devices: dict[str, Any]) -> ImportReport:
    path = tmp_path / "devices.yaml"
    path.write_text(yaml.safe_dump({"version": 1, "families": families, "devices": list(devices)}))
    return import_devices(path=path)


def test_a_family_is_kept_as_its_file_declares_it(tmp_path: Path) -> None:
    report = bring_in(tmp_path, {"logger": LOGGER}, {"code": "PL-1", "family": "logger"})
    assert report.errors == []
    family = DeviceFamily.objects.get()
    assert (family.code, family.protocol, family.version) == ("logger", "mqtt", 1)
    assert family.declaration == LOGGER
    assert load_registry(protocol="mqtt").families["logger"] == family


def test_a_later_file_may_name_a_family_declared_before(tmp_path: Path) -> None:
    bring_in(tmp_path, {"logger": LOGGER})
    assert bring_in(tmp_path, {}, {"code": "PL-2", "family": "logger"}).errors == []
    assert Sensor.objects.get(code="PL-2.pressure_kpa").expected_interval_s == 30
    assert load_registry(protocol="mqtt").devices["PL-2"].family == "logger"


def test_devices_follow_their_family_but_for_what_is_their_own(tmp_path: Path) -> None:
    devices = {"code": "PL-1", "family": "logger"}, {"code": "PL-2", "family": "logger"} | OWN
    bring_in(tmp_path, {"logger": LOGGER}, *devices)
    pressure = LOGGER["sensors"][0] | {"valid_max": 1000, "alarms": [LOW | {"limit": 260}]}
    battery = {"key": "battery_v", "quantity": "voltage", "unit": "V"}
    changed = entry(LOGGER | {"expected_interval_s": 60, "sensors": [pressure, battery]})
    kept = save_family(code="logger", entry=changed, version=1)
    sensors = {sensor.code: sensor for sensor in Sensor.objects.all()}
    assert (sensors["PL-1.pressure_kpa"].valid_max, sensors["PL-2.pressure_kpa"].valid_max) == (1000, 1600)
    assert {sensor.expected_interval_s for sensor in sensors.values()} == {60}
    assert {"PL-1.battery_v", "PL-2.battery_v"} < sensors.keys()
    assert set(AlarmRule.objects.values_list("limit", flat=True)) == {260}
    assert dict(kept.followed) == {"sensor": 4, "alarmrule": 2}


def test_what_a_family_no_longer_has_is_turned_off_and_keeps_its_history(tmp_path: Path) -> None:
    bring_in(tmp_path, {"logger": LOGGER}, {"code": "PL-1", "family": "logger"})
    save_family(code="logger", entry=entry(LOGGER | {"sensors": []}), version=1)
    assert not Sensor.objects.get(code="PL-1.pressure_kpa").active
    assert not AlarmRule.objects.get().active


def test_a_modbus_family_gives_its_rhythm_to_devices_with_addresses_of_their_own(tmp_path: Path) -> None:
    devices = [
        {"code": code, "family": "plc", "modbus": {"endpoint": f"tcp://10.0.0.{n}:502"}}
        for n, code in enumerate(("A", "B"), start=1)
    ]
    assert bring_in(tmp_path, {"plc": PLC}, *devices).errors == []
    save_family(code="plc", entry=entry(PLC | {"modbus": {"interval_s": 10, "timeout_s": 1}}), version=1)
    asked = [device.modbus for device in Device.objects.order_by("code")]
    assert [(one["endpoint"], one["interval_s"]) for one in asked] == [
        ("tcp://10.0.0.1:502", 10),
        ("tcp://10.0.0.2:502", 10),
    ]
    assert DeviceFamily.objects.get().protocol == "modbus"


def test_a_family_someone_else_changed_is_not_overwritten() -> None:
    save_family(code="logger", entry=entry(LOGGER), version=0)
    save_family(code="logger", entry=entry(LOGGER | {"name_fr": "Enregistreur"}), version=1)
    with pytest.raises(VersionConflict):
        save_family(code="logger", entry=entry(LOGGER), version=1)


def test_saving_a_family_as_it_is_changes_nothing() -> None:
    save_family(code="logger", entry=entry(LOGGER), version=0)
    again = save_family(code="logger", entry=entry(LOGGER), version=1)
    assert (again.created, again.changed, again.family.version) == (False, False, 1)


@pytest.mark.parametrize(
    ("families", "reason"),
    [
        ({"logger": []}, "is no mapping"),
        ({"log ger": LOGGER}, "match pattern"),
        ({"logger": LOGGER | {"sensors": [{"key": "p", "quantity": "pressure"}]}}, "Field required"),
        ({"logger": LOGGER | {"sensors": LOGGER["sensors"] * 2}}, "same key"),
        ({"logger": LOGGER | {"unknown": 1}}, "Extra inputs"),
        ({"plc": PLC | {"modbus": {"interval_s": 0}}}, "greater than or equal"),
    ],
)
def test_what_is_wrong_with_a_family_is_named(tmp_path: Path, families: dict[str, Any], reason: str) -> None:
    report = bring_in(tmp_path, families)
    assert any(reason in error.reason for error in report.errors), report.errors
    assert DeviceFamily.objects.count() == 0


def test_a_topic_by_which_devices_could_speak_for_those_of_another_family_is_refused() -> None:
    values = {"values": {"pressure_kpa": "$.p"}}
    save_family(code="one", entry=entry({"mapping": values | {"topic": "site/{device}/+"}}), version=0)
    with pytest.raises(DjangoValidationError, match="one"):
        save_family(code="two", entry=entry({"mapping": values | {"topic": "site/+/{device}"}}), version=0)
    save_family(code="two", entry=entry({"mapping": values | {"topic": "site/{device}/up"}}), version=0)
