"""MQTT readings a second, end to end and durable, against a bare paho subscriber draining the same backlog.

A broker and a database of its own, so that neither disturbs the demo: the same messages wait for a bare
subscriber (automatic acknowledgement, nothing stored) and for `manage.py ingest_mqtt` (stored, merged,
committed, then acknowledged); each drains them alone, one after the other.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
import psycopg
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from psycopg import sql

from ops.rundir import free_port

ROOT = Path(__file__).resolve().parents[2]
DEVICES = 50
DATABASE = "chabaka_bench_mqtt"
RUNS = {"one_value": (40_000, 1), "twenty_values": (4_000, 20)}
PATIENCE_S = 300.0


def measure() -> dict[str, Any]:
    """Measure both payload sizes; return rates in messages and readings a second."""
    with _broker() as port, _database() as database:
        env = os.environ | {
            "MQTT_URL": f"mqtt://127.0.0.1:{port}",
            "DATABASE_URL": database,
            "CHABAKA_ENV": "test",
        }
        _manage(env, "migrate", "--verbosity", "0")
        _import_devices(env)
        return {name: _run(port, database, env, *size) for name, size in RUNS.items()}


def _run(port: int, database: str, env: dict[str, str], messages: int, values: int) -> dict[str, Any]:
    with psycopg.connect(database, autocommit=True) as db:
        before = _stored(db)
        _open_session(port, "bare")
        _open_session(port, "bench-ingest")
        published_s = _publish(port, messages, values)
        bare = messages / _drain_bare(port, messages)
        rate, memory_mb = _drain_ingest(env, db, before, messages * values)
    return {
        "messages": messages,
        "values_per_message": values,
        "publish_messages_per_s": round(messages / published_s),
        "bare_messages_per_s": round(bare),
        "stored_messages_per_s": round(rate / values),
        "stored_readings_per_s": round(rate),
        "share_of_bare": round(rate / values / bare, 2),
        "ingester_memory_mb": memory_mb,
    }


def _drain_bare(port: int, messages: int) -> float:
    client, seen = _client("bare"), [0]
    client.on_message = lambda *arguments: seen.__setitem__(0, seen[0] + 1)
    _connect(client, port)
    began: float | None = None
    deadline = time.monotonic() + PATIENCE_S
    while seen[0] < messages and time.monotonic() < deadline:
        client.loop(0.5)
        began = began or (time.perf_counter() if seen[0] else None)
    took = time.perf_counter() - (began or 0)
    assert seen[0] == messages, f"the bare subscriber got {seen[0]} of {messages}"
    client.disconnect()
    return took


def _drain_ingest(env: dict[str, str], db: Any, before: int, readings: int) -> tuple[float, int]:
    command = [sys.executable, "manage.py", "ingest_mqtt", "--client-id", "bench-ingest"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        first = _until(lambda: _stored(db) - before)
        began = time.perf_counter()
        _until(lambda: _stored(db) - before >= readings)
        took = time.perf_counter() - began
        status = Path(f"/proc/{process.pid}/status").read_text()
        memory_kb = int(status.split("VmHWM:")[1].split()[0])
    finally:
        process.terminate()
        process.wait(30)
    return (readings - first) / took, memory_kb // 1024


def _stored(db: Any) -> int:
    """Count readings by what the devices' numbering says; counting rows would cost what it measures."""
    row = db.execute(
        "SELECT coalesce(sum((last_seq + 1) * sensors), 0) FROM telemetry_device AS device,"
        " LATERAL (SELECT count(*) AS sensors FROM telemetry_sensor WHERE device_id = device.id) AS counted"
        " WHERE last_seq IS NOT NULL"
    ).fetchone()
    return int(row[0])


def _publish(port: int, messages: int, values: int) -> float:
    client = _client("bench-publisher", keep=False)
    client.max_inflight_messages_set(2000)
    _connect(client, port)
    client.loop_start()
    start = datetime.now(UTC) - timedelta(seconds=messages / DEVICES)
    kind = "one" if values == 1 else "many"
    began = time.perf_counter()
    last = None
    for number in range(messages):
        seq, device = divmod(number, DEVICES)
        body = {f"v{n}": 400 + (number * 7 + n) % 50 / 10 for n in range(values)}
        item = {"seq": seq, "ts": (start + timedelta(seconds=seq)).isoformat(), "values": body}
        last = client.publish(f"telemetry/bench-{kind}-{device}", json.dumps(item), qos=1)
    assert last is not None
    last.wait_for_publish(PATIENCE_S)
    took = time.perf_counter() - began
    client.disconnect()
    client.loop_stop()
    return took


def _client(client_id: str, *, keep: bool = True) -> paho.Client:
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=paho.MQTTv5)
    client.user_data_set(keep)
    return client


def _connect(client: paho.Client, port: int) -> None:
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 3600 if client.user_data_get() else 0
    client.connect("127.0.0.1", port, clean_start=False, properties=properties)


def _open_session(port: int, client_id: str) -> None:
    """Subscribe and leave, so that what is published from now on waits for this client."""
    client, done = _client(client_id), []
    client.on_connect = lambda *arguments: client.subscribe("telemetry/+", qos=1)
    client.on_subscribe = lambda *arguments: done.append(True)
    _connect(client, port)
    while not done:
        client.loop(0.1)
    client.disconnect()


@contextmanager
def _broker() -> Iterator[int]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder, "mosquitto.conf")
        settings.write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\nuser root\n"
            "max_inflight_messages 0\nmax_queued_messages 0\nlog_type error\n"
        )
        process = subprocess.Popen(["mosquitto", "-c", str(settings)], stderr=subprocess.DEVNULL)
        time.sleep(1)
        try:
            yield port
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def _database() -> Iterator[str]:
    address = os.environ["DATABASE_URL"]
    name = sql.Identifier(DATABASE)
    with psycopg.connect(address, autocommit=True) as db:
        db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        db.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield urlsplit(address)._replace(path=f"/{DATABASE}").geturl()
        finally:
            db.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _import_devices(env: dict[str, str]) -> None:
    sensors = {
        kind: [{"key": f"v{n}", "quantity": "pressure", "unit": "kPa"} for n in range(count)]
        for kind, count in (("one", 1), ("many", 20))
    }
    devices = [
        {"code": f"bench-{kind}-{number}", "protocol": "mqtt", "sensors": sensors[kind]}
        for kind in sensors
        for number in range(DEVICES)
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump({"version": 1, "devices": devices}, file)
        file.flush()
        _manage(env, "import_devices", file.name)


def _manage(env: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _until(answer: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := answer()):
        assert time.monotonic() < deadline, "the ingester did not keep up within five minutes"
        time.sleep(0.05)
    return found
