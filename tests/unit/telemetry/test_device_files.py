from __future__ import annotations

from typing import Any

import pytest

from telemetry.domain.device_reader import read_device_file, read_family

REGISTER = {"table": "holding", "address": 0}


def errors(endpoint: str) -> list[str]:
    sensor = f"{{key: a, quantity: flow, unit: L/s, modbus: {REGISTER}}}"
    modbus = f'{{endpoint: "{endpoint}", unit: 1}}'
    text = f"version: 1\ndevices: [{{code: M-1, protocol: modbus, modbus: {modbus}, sensors: [{sensor}]}}]"
    return [error.reason for error in read_device_file(text).errors]


@pytest.mark.parametrize(
    "endpoint", ["tcp://10.0.0.7:502", "rtu+tcp://serial-7.example:4001", "env:MODBUS_URL"]
)
def test_an_address_where_somebody_could_listen_is_taken(endpoint: str) -> None:
    assert errors(endpoint) == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "tcp://h:99999",
        "tcp://h:0",
        "tcp://[h:502",
        "tcp://u@h:502",
        "http://h:502",
        "env:SECRET_KEY",
        "tcp://:502",
    ],
)
def test_an_address_to_which_nobody_can_connect_is_refused(endpoint: str) -> None:
    assert len(errors(endpoint)) == 1


@pytest.mark.parametrize("interval_s", [0.0, 1e-310, 1e300, float("inf"), float("nan")])
def test_an_interval_that_nobody_can_count_with_is_refused(interval_s: float) -> None:
    sensor = {"key": "a", "quantity": "flow", "unit": "L/s", "expected_interval_s": interval_s}
    for raw in (
        {"sensors": [sensor]},
        {"expected_interval_s": interval_s},
        {"modbus": {"interval_s": interval_s}},
    ):
        found = read_family("f", raw)
        assert isinstance(found, list), raw


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"mqtt": {"field": "p"}}, {"mqtt": {"field": "p"}}),
        ({"mqtt": {"field": "b"}}, {}),
        ({"sparkplug": {"metric": "P"}}, {"sparkplug": {"metric": "P"}}),
    ],
)
def test_two_sensors_that_would_read_the_same_field_are_refused(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    common = {"quantity": "pressure", "unit": "kPa"}
    sensors = [common | {"key": "a"} | one, common | {"key": "b"} | other]
    found = read_family("f", {"sensors": sensors})
    assert isinstance(found, list)
    assert "two sensors read" in found[0].reason
    device = {"code": "D-1", "protocol": "mqtt", "sensors": sensors}
    (error,) = read_device_file(str({"version": 1, "devices": [device]})).errors
    assert "two sensors read" in error.reason
