"""200 stations of 50 registers each second, stored, by one poller on one core, with a dead one among them.

Against what one bare pymodbus client reads from the same stations in the same run: one question after the
other, 50 registers each, nothing decoded, nothing stored.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import yaml
from pymodbus.client import AsyncModbusTcpClient

from bench.telemetry.plant import ROOT, cpu_s, manage, scratch_database

STATIONS = 200
REGISTERS = 50
WARM_UP_S = 15.0
WINDOW_S = 30.0
BARE_S = 10.0


def measure() -> dict[str, Any]:
    """Measure the bare client, then the poller; rates in polls (50 registers) a second."""
    with _stations() as ports, scratch_database() as database:
        bare = asyncio.run(_bare(ports[0]))
        env = os.environ | {"DATABASE_URL": database, "CHABAKA_ENV": "test"}
        manage(env, "migrate", "--verbosity", "0")
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(_devices(ports), file)
            file.flush()
            manage(env, "import_devices", file.name)
        found = _poll(env, database)
    return {
        "stations": STATIONS,
        "registers_each": REGISTERS,
        "asked_every_s": 1.0,
        "dead_among_them": 1,
        "bare_client_polls_per_s": round(bare),
        **found,
        "share_of_a_core_by_bare_client": round(STATIONS / bare, 2),
    }


def _poll(env: dict[str, str], database: str) -> dict[str, Any]:
    """Run the poller on one core for the window; judge it by what stands in the database."""
    command = ["taskset", "-c", "0", sys.executable, "manage.py", "poll_modbus"]
    with (Path(tempfile.mkdtemp()) / "poll.log").open("wb") as log:
        poller = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        with psycopg.connect(database, autocommit=True) as db:
            _until_stored(db)
            time.sleep(WARM_UP_S)
            before, began = cpu_s(poller.pid), time.perf_counter()
            start = db.execute("SELECT now()").fetchone()[0]
            time.sleep(WINDOW_S)
            took, spent = time.perf_counter() - began, cpu_s(poller.pid) - before
            end = db.execute("SELECT now()").fetchone()[0]
            time.sleep(2)  # what was read in the window is committed
            return _judged(db, start, end) | {"share_of_a_core": round(spent / took, 2)}
    finally:
        poller.terminate()
        poller.wait(30)


_INTERVALS = """
WITH polls AS (
    SELECT sensor_id, at, at - lag(at) OVER (PARTITION BY sensor_id ORDER BY at) AS apart
    FROM telemetry_reading JOIN telemetry_sensor AS sensor ON sensor.id = sensor_id
    WHERE at BETWEEN %s AND %s AND sensor.key = 'r0' AND quality = 192
), counted AS (SELECT sensor_id, count(*) AS n FROM polls GROUP BY sensor_id)
SELECT (SELECT count(*) FROM counted), (SELECT min(n) FROM counted), (SELECT max(n) FROM counted),
    extract(epoch FROM percentile_cont(0.95) WITHIN GROUP (ORDER BY apart)), extract(epoch FROM max(apart))
FROM polls WHERE apart IS NOT NULL
"""


def _judged(db: psycopg.Connection[Any], start: Any, end: Any) -> dict[str, Any]:
    row = db.execute(_INTERVALS, [start, end]).fetchone()
    stored = db.execute(
        "SELECT count(*) FROM telemetry_reading WHERE at BETWEEN %s AND %s AND quality = 192", [start, end]
    ).fetchone()
    assert row
    assert stored
    seconds = (end - start).total_seconds()
    return {
        "stations_heard": row[0],
        "polls_of_each_in_window": [row[1], row[2]],
        "window_s": round(seconds, 1),
        "readings_stored_per_s": round(stored[0] / seconds),
        "between_polls_of_a_station_s": {"p95": round(float(row[3]), 3), "max": round(float(row[4]), 3)},
    }


async def _bare(port: int) -> float:
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    client = AsyncModbusTcpClient("127.0.0.1", port=port)
    await client.connect()
    polls, end = 0, time.perf_counter() + BARE_S
    while time.perf_counter() < end:
        answer = await client.read_holding_registers(0, count=REGISTERS, device_id=1)
        assert len(answer.registers) == REGISTERS
        polls += 1
    client.close()
    return polls / BARE_S


def _devices(ports: list[int]) -> dict[str, Any]:
    """Declare the stations: each register a sensor of its own."""
    sensors = [
        {
            "key": f"r{place}",
            "quantity": "other",
            "unit": "1",
            "modbus": {"table": "holding", "address": place, "scale": 0.1},
        }
        for place in range(REGISTERS)
    ]
    family = {"protocol": "modbus", "modbus": {"interval_s": 1, "timeout_s": 0.5}, "sensors": sensors}
    devices = [
        {"code": f"S{place}", "family": "station", "modbus": {"endpoint": f"tcp://127.0.0.1:{port}"}}
        for place, port in enumerate(ports)
    ]
    return {"version": 1, "families": {"station": family}, "devices": devices}


def _until_stored(db: psycopg.Connection[Any]) -> None:
    deadline = time.monotonic() + 120
    while not db.execute("SELECT EXISTS (SELECT FROM telemetry_latestreading)").fetchone()[0]:  # type: ignore[index]
        assert time.monotonic() < deadline, "nothing was polled"
        time.sleep(0.5)


@contextmanager
def _stations() -> Iterator[list[int]]:
    command = [sys.executable, "-m", "bench.telemetry.stations", str(STATIONS)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
