"""A broker and a database with devices, publishers and ingesters of their own: the demo is not disturbed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
import psycopg
import redis
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from psycopg import sql

from ops.rundir import free_port

ROOT = Path(__file__).resolve().parents[2]
DEVICES = 50
DATABASE = "chabaka_bench_mqtt"
PATIENCE_S = 300.0
AT_ONCE = 20_000
"""Messages that a publisher holds at most: its client refuses more than 65,535."""


@dataclass(frozen=True)
class Plant:
    """Where the broker and the database are, and the environment that says so to a process."""

    port: int
    database: str
    env: dict[str, str]

    @contextmanager
    def ingester(self, *more: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run `manage.py ingest_mqtt` meanwhile."""
        command = [sys.executable, "manage.py", "ingest_mqtt", "--client-id", "bench-ingest", *more]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=quiet, stderr=quiet)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)

    @contextmanager
    def listening(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run an ingester that is known to take what comes."""
        open_session(self.port, "bench-ingest")
        topic, item = message_of(0, 20, datetime.now(UTC))
        client = client_of("bench-first", keep=False)
        connect(client, self.port)
        client.loop_start()
        client.publish(topic, json.dumps(item), qos=1).wait_for_publish(PATIENCE_S)
        client.disconnect()
        client.loop_stop()
        with self.ingester() as process, psycopg.connect(self.database, autocommit=True) as db:
            until(lambda: db.execute("SELECT 1 FROM telemetry_latestreading LIMIT 1").fetchone())
            yield process


@contextmanager
def plant(*, devices: int = DEVICES, watched: int = 0) -> Iterator[Plant]:
    """Start a broker, make a migrated database with as many devices of one value and of twenty; remove both.

    Beside them stand `watched` devices of one value with a rule on values above 1,000.
    """
    with _broker() as port, scratch_database() as database:
        env = os.environ | {
            "MQTT_URL": f"mqtt://127.0.0.1:{port}",
            "DATABASE_URL": database,
            "CHABAKA_ENV": "test",
            "REDIS_URL": _own_redis(),
        }
        manage(env, "migrate", "--verbosity", "0")
        _import_devices(env, devices, watched)
        yield Plant(port, database, env)


def stored(db: Any) -> int:
    """Count readings by what the devices' numbering says; counting rows would cost what it measures."""
    row = db.execute(
        "SELECT coalesce(sum((last_seq + 1) * sensors), 0) FROM telemetry_device AS device,"
        " LATERAL (SELECT count(*) AS sensors FROM telemetry_sensor WHERE device_id = device.id) AS counted"
        " WHERE last_seq IS NOT NULL"
    ).fetchone()
    return int(row[0])


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def topic_of(device: int, values: int) -> str:
    """Return where a device of one value or of many publishes."""
    return f"telemetry/bench-{'one' if values == 1 else 'many'}-{device}"


def message_of(number: int, values: int, start: datetime) -> tuple[str, dict[str, Any]]:
    """Return topic and content of the n-th message: devices in turn, numbered, a second apart."""
    seq, device = divmod(number, DEVICES)
    body = {f"v{n}": 400 + (number * 7 + n) % 50 / 10 for n in range(values)}
    item = {"seq": seq, "ts": (start + timedelta(seconds=seq)).isoformat(), "values": body}
    return topic_of(device, values), item


def publish(port: int, messages: int, values: int, *, start: datetime | None = None) -> float:
    """Publish messages of the devices; return the seconds it took."""
    client = client_of("bench-publisher", keep=False)
    client.max_inflight_messages_set(2000)
    connect(client, port)
    client.loop_start()
    start = start or datetime.now(UTC) - timedelta(seconds=messages / DEVICES)
    began = time.perf_counter()
    last = None
    for number in range(messages):
        topic, item = message_of(number, values, start)
        last = client.publish(topic, json.dumps(item), qos=1)
        if number % AT_ONCE == AT_ONCE - 1:
            last.wait_for_publish(PATIENCE_S)
    assert last is not None
    last.wait_for_publish(PATIENCE_S)
    took = time.perf_counter() - began
    client.disconnect()
    client.loop_stop()
    return took


def client_of(client_id: str, *, keep: bool = True) -> paho.Client:
    """Return a client of MQTT 5; `keep`: its session outlives its connection."""
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=paho.MQTTv5)
    client.user_data_set(keep)
    return client


def connect(client: paho.Client, port: int) -> None:
    """Connect without wiping the session."""
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 3600 if client.user_data_get() else 0
    client.connect("127.0.0.1", port, clean_start=False, properties=properties)


def open_session(port: int, client_id: str) -> None:
    """Subscribe and leave, so that what is published from now on waits for this client."""
    client, done = client_of(client_id), []
    client.on_connect = lambda *arguments: client.subscribe("telemetry/+", qos=1)
    client.on_subscribe = lambda *arguments: done.append(True)
    connect(client, port)
    while not done:
        client.loop(0.1)
    client.disconnect()


def _own_redis() -> str:
    """Return an empty database of the Redis there is: no other process takes from its queue."""
    address = urlsplit(os.environ["REDIS_URL"])._replace(path="/7").geturl()
    redis.Redis.from_url(address).flushdb()
    return address


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
def scratch_database() -> Iterator[str]:
    """Make an empty database beside the others, and drop it at the end."""
    address = os.environ["DATABASE_URL"]
    name = sql.Identifier(DATABASE)
    with psycopg.connect(address, autocommit=True) as db:
        db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        db.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield urlsplit(address)._replace(path=f"/{DATABASE}").geturl()
        finally:
            db.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _import_devices(env: dict[str, str], count: int, watched: int) -> None:
    rule = {"kind": "high", "limit": 1000, "priority": 2}
    value = {"quantity": "pressure", "unit": "kPa"}
    kinds: dict[str, tuple[int, list[dict[str, Any]]]] = {
        "one": (count, [value | {"key": "v0"}]),
        "many": (min(count, DEVICES), [value | {"key": f"v{n}"} for n in range(20)]),
        "watched": (watched, [value | {"key": "v0", "alarms": [rule]}]),
    }
    devices = [
        {
            "code": f"bench-{kind}-{number}",
            "protocol": "mqtt",
            "sensors": sensors,
            "location": _place(number),
        }
        for kind, (wanted, sensors) in kinds.items()
        for number in range(wanted)
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump({"version": 1, "devices": devices}, file)
        file.flush()
        manage(env, "import_devices", file.name)


def _place(number: int) -> dict[str, float]:
    """Lay devices beside each other over a town."""
    return {"lon": -2.345 + number % 40 * 0.001, "lat": 34.914 + number // 40 % 25 * 0.001}


def manage(env: dict[str, str], *arguments: str) -> None:
    """Run a command of manage.py to its end."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def until(answer: Callable[[], Any]) -> Any:
    """Ask again until there is an answer; return it."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := answer()):
        assert time.monotonic() < deadline, "the ingester did not keep up within five minutes"
        time.sleep(0.05)
    return found
