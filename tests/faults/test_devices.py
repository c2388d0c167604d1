"""Devices that lie about the time, repeat themselves or send what nobody can read."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
from datetime import timedelta

import pytest

from tests.faults.conftest import Told
from tests.faults.loggers import Loggers
from tests.faults.plant import Plant, wait_until

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("ingester")]

DEEP = b'{"seq": 1, "ts": ' + b"[" * 100_000
POISON = {
    "not JSON": b"\x00\xff\xfe binary \x80",
    "empty": b"",
    "NaN": b'{"ts": "2026-01-01T00:00:00Z", "values": {"pressure_kpa": NaN}}',
    "deep": DEEP,
    "a list of lists": b"[[[[]]]]",
    "half of UTF-8": b'{"ts": "\xc3',
}


def letters(plant: Plant, code: str) -> dict[str, int]:
    counting = "SELECT reason, count(*) FROM telemetry_deadletter WHERE topic = %s GROUP BY 1"
    return dict(plant.ask(counting, f"telemetry/{code}"))


def test_poison_is_set_aside_and_the_rest_goes_on(plant: Plant, loggers: Loggers, told: Told) -> None:
    poisoned = loggers.members[0]
    loggers.publish(20)
    for payload in POISON.values():
        poisoned.publish_raw(payload)
    huge = {"ts": poisoned.start.isoformat(), "values": {"pressure_kpa": 1e308}}
    poisoned.publish_raw(json.dumps(huge).encode())
    told("poison", loggers.settle())
    assert sum(letters(plant, poisoned.code).values()) == len(POISON) + 1


def test_ten_megabytes_are_refused_at_the_door_and_delay_nobody(
    plant: Plant, loggers: Loggers, told: Told
) -> None:
    first, *_ = loggers.members
    with socket.create_connection(("127.0.0.1", plant.mosquitto.port), 5) as stranger:
        _connect(stranger, first.code + "-big", first.code, plant.token)
        publication = _text(f"telemetry/{first.code}".encode()) + b"\0" + bytes(10_000_000)
        with contextlib.suppress(OSError):
            stranger.sendall(_packet(0x30, publication))
        assert _is_shown_out(stranger)
    loggers.publish(20)
    told("10 MB", loggers.settle())


def test_a_topic_that_is_no_text_costs_its_sender_the_connection_alone(
    plant: Plant, loggers: Loggers, told: Told
) -> None:
    first, *_ = loggers.members
    with socket.create_connection(("127.0.0.1", plant.mosquitto.port), 5) as stranger:
        _connect(stranger, first.code + "-odd", first.code, plant.token)
        stranger.sendall(_packet(0x30, _text(b"telemetry/\xff\xfe") + b"\0{}"))
        assert _is_shown_out(stranger)
    loggers.publish(20)
    told("a topic that is no text", loggers.settle())


def test_a_clock_in_2099_moves_nothing_forward(plant: Plant, loggers: Loggers) -> None:
    ahead = loggers.members[0]
    loggers.publish(20)
    item = {"ts": "2099-01-01T00:00:00Z", "values": {"pressure_kpa": 1.0}}
    for _ in range(3):
        ahead.publish_raw(json.dumps(item).encode())
    loggers.settle()
    ((future,),) = plant.ask("SELECT count(*) FROM telemetry_reading WHERE at > now() + interval '1 day'")
    assert future == 0


def test_old_data_played_again_changes_nothing(plant: Plant, loggers: Loggers, told: Told) -> None:
    loggers.publish(200)
    wait_until(loggers.all_stored)
    for logger in loggers.members:
        logger.send_again(0, 199)
    told("everything sent twice", loggers.settle())


def test_what_was_measured_weeks_ago_fills_the_history_and_no_more(plant: Plant, loggers: Loggers) -> None:
    late = loggers.members[0]
    loggers.publish(10)
    for day in range(20, 25):
        item = {"ts": (late.start - timedelta(days=day)).isoformat(), "values": {"pressure_kpa": float(day)}}
        late.publish_raw(json.dumps(item).encode())
    found = (
        "SELECT count(*) FROM telemetry_reading AS reading JOIN telemetry_sensor AS sensor"
        " ON sensor.id = sensor_id WHERE code = %s AND at < now() - interval '19 days'"
    )
    wait_until(lambda: plant.ask(found, f"{late.code}.pressure_kpa") == [(5,)])
    ((newest,),) = plant.ask(
        "SELECT value FROM telemetry_latestreading AS latest JOIN telemetry_sensor AS sensor"
        " ON sensor.id = sensor_id WHERE code = %s",
        f"{late.code}.pressure_kpa",
    )
    assert newest == 9.0


def _is_shown_out(stranger: socket.socket) -> bool:
    """Tell whether the broker ends the connection."""
    stranger.settimeout(10)
    with contextlib.suppress(ConnectionError):
        while stranger.recv(100):
            pass
    return True


def _text(text: bytes) -> bytes:
    return struct.pack(">H", len(text)) + text


def _packet(kind: int, body: bytes) -> bytes:
    length, left = b"", len(body)
    while True:
        left, part = left >> 7, left & 0x7F
        length += bytes([part | (0x80 if left else 0)])
        if not left:
            return bytes([kind]) + length + body


def _connect(to: socket.socket, client: str, user: str, password: str) -> None:
    """Open an MQTT 3.1.1 session by hand: a library would refuse to send what these tests send."""
    body = _text(b"MQTT") + b"\x04\xc2\x00\x3c" + _text(client.encode()) + _text(user.encode())
    to.sendall(_packet(0x10, body + _text(password.encode())))
    assert to.recv(4)[3] == 0
