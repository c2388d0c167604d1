"""Devices come in from a file: all or nothing, and the same file twice changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.contrib.gis.geos import LineString, Point
from django.core.management import CommandError, call_command

from gis.models import Link, Network, Node
from telemetry.models import AlarmCondition, AlarmRule, Device, Sensor
from telemetry.services.importing import ImportReport, import_devices

pytestmark = pytest.mark.django_db

FILE = """
version: 1
families:
  pressure-logger:
    protocol: mqtt
    expected_interval_s: 60
    sensors:
      - {key: pressure_kpa, quantity: pressure, unit: kPa, name_fr: Pression, valid_max: 2000,
         alarms: [{kind: low, limit: 250, deadband: 15, on_delay_s: 10, priority: 2}]}
devices:
  - {code: PL-n1, family: pressure-logger, element: {network: ltown, node: n1}}
  - code: STATION-PUMP
    protocol: modbus
    modbus: {endpoint: env:MODBUS_URL, unit: 3, interval_s: 2}
    element: {network: ltown, link: PUMP_1, kind: pump}
    sensors:
      - {key: flow_l_s, quantity: flow, unit: L/s,
         modbus: {table: holding, address: 0, type: float32, scale: 2}}
      - {key: state, quantity: state, unit: state,
         modbus: {table: coil, address: 1, type: bool}, states: {0: closed, 1: open}}
"""


@pytest.fixture(autouse=True)
def network() -> Network:
    network = Network.objects.create(code="ltown", utility="water", name_fr="L-Town", name_ar="ل")
    ends = [
        Node.objects.create(network=network, code=code, kind="junction", geom=Point(lon, 34.92, srid=4326))
        for code, lon in (("n1", -2.32), ("n2", -2.31))
    ]
    line = LineString((-2.32, 34.92), (-2.31, 34.92), srid=4326)
    common = {"network": network, "code": "PUMP_1", "start_node": ends[0], "end_node": ends[1], "length_m": 1}
    Link.objects.create(kind="pump", geom=line, **common)
    return network


def run(tmp_path: Path, text: str, *, dry_run: bool = False) -> ImportReport:
    path = tmp_path / "devices.yaml"
    path.write_text(text)
    return import_devices(path=path, dry_run=dry_run)


def test_devices_sensors_and_rules_come_in_at_their_elements(tmp_path: Path) -> None:
    report = run(tmp_path, FILE)
    assert report.errors == []
    assert dict(report.created) == {"devicefamily": 1, "device": 2, "sensor": 3, "alarmrule": 1}
    logger = Sensor.objects.get(code="PL-n1.pressure_kpa")
    assert (logger.geom.coords, logger.node.code, logger.expected_interval_s) == ((-2.32, 34.92), "n1", 60)
    pump = Sensor.objects.get(code="STATION-PUMP.flow_l_s")
    assert (round(pump.geom.x, 6), pump.link.kind, pump.scale, pump.expected_interval_s) == (
        -2.315,
        "pump",
        2,
        2,
    )
    assert (pump.register_spec.type, pump.register_spec.count) == ("float32", 2)
    assert AlarmCondition.objects.filter(rule=AlarmRule.objects.get()).exists()


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    run(tmp_path, FILE)
    again = run(tmp_path, FILE)
    assert (dict(again.created), dict(again.updated)) == ({}, {})
    assert again.unchanged.total() == 7


def test_a_changed_value_is_an_update_of_its_rows_alone(tmp_path: Path) -> None:
    run(tmp_path, FILE)
    changed = run(tmp_path, FILE.replace("limit: 250", "limit: 260"))
    assert dict(changed.updated) == {"devicefamily": 1, "alarmrule": 1}
    assert (AlarmRule.objects.get().limit, AlarmRule.objects.get().version) == (260, 2)


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, FILE, dry_run=True).created.total() == 7
    assert Device.objects.count() == 0


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("node: n1", "node: n404", "n404 of ltown is not in the network"),
        ("unit: kPa", "unite: kPa", "Extra inputs are not permitted"),
        ("limit: 250", "limit: .nan", "finite"),
        ("type: float32", "type: float33", "Input should be"),
        ("code: PL-n1", "code: 'PL n1'", "match pattern"),
        ("version: 1", "version: 2", "version: 1"),
        ("address: 0, type", "address: 65535, type", "beyond the last address"),
    ],
)
def test_one_bad_row_is_named_and_nothing_is_written(
    tmp_path: Path, before: str, after: str, reason: str
) -> None:
    report = run(tmp_path, FILE.replace(before, after))
    assert any(reason in error.reason for error in report.errors), report.errors
    assert Device.objects.count() == 0


def test_a_file_that_is_no_yaml_is_told_so(tmp_path: Path) -> None:
    assert "not YAML" in run(tmp_path, "a: [").errors[0].reason


def test_the_command_fails_on_errors_and_says_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "devices.yaml"
    path.write_text(FILE.replace("node: n1", "node: n404"))
    with pytest.raises(CommandError):
        call_command("import_devices", str(path))
    assert "PL-n1: node n404" in capsys.readouterr().err


def test_the_command_tells_programs_what_came_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "devices.yaml"
    path.write_text(FILE)
    call_command("import_devices", str(path), "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["created"] == {"devicefamily": 1, "device": 2, "sensor": 3, "alarmrule": 1}
    assert told["errors"] == []
    path.write_text(FILE.replace("unit: 3", "unit: 300"))
    with pytest.raises(CommandError):
        call_command("import_devices", str(path), "--json")
    assert json.loads(capsys.readouterr().out)["errors"][0]["where"] == "devices[1] STATION-PUMP: modbus.unit"
