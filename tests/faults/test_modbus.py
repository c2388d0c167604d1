"""Stations that are silent, refuse, talk nonsense or talk one byte at a time delay nobody else."""

from __future__ import annotations

import asyncio
import json
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from tests.faults.conftest import Told
from tests.faults.plant import Plant, wait_until
from tests.integration.telemetry.modbus_support import Question, Script, answer, scripted

pytestmark = pytest.mark.timeout(300)
WORDS = [7, 8]
INTERVAL_S = 0.5


async def good(question: Question, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(question, WORDS[: question[4]]))


async def silent(question: Question, writer: asyncio.StreamWriter) -> None:
    pass


async def refusing(question: Question, writer: asyncio.StreamWriter) -> None:
    transaction, unit, function, *_ = question
    writer.write(struct.pack(">HHHBBB", transaction, 0, 3, unit, function | 0x80, 4))


async def garbling(question: Question, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\xff\x00GET / HTTP/1.1\r\n" * 20)


async def dripping(question: Question, writer: asyncio.StreamWriter) -> None:
    for byte in answer(question, WORDS[: question[4]]):
        writer.write(bytes([byte]))
        await asyncio.sleep(0.2)


BAD = {"silent": silent, "refusing": refusing, "garbling": garbling, "dripping": dripping}


class Stations:
    """Scripted stations in a thread; each can be told to behave from now on."""

    def __init__(self) -> None:
        self.scripts: dict[str, Script] = {"good": good, **BAD}
        self.urls: dict[str, str] = {}
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._serve()])
        self._thread.start()
        wait_until(lambda: len(self.urls) == len(self.scripts))

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as group:
            for name in self.scripts:
                group.create_task(self._serve_one(name))

    async def _serve_one(self, name: str) -> None:
        async def script(question: Question, writer: asyncio.StreamWriter) -> None:
            await self.scripts[name](question, writer)

        async with scripted(script) as url:
            self.urls[name] = url
            await self._ended.wait()


@pytest.fixture
def stations(plant: Plant) -> Iterator[Stations]:
    stations = Stations()
    yield stations
    plant.end_processes()
    stations.close()


def declared(stations: Stations) -> str:
    sensor = {"key": "x", "quantity": "other", "unit": "1", "modbus": {"table": "holding", "address": 0}}
    devices = [
        {
            "code": f"STATION-{name}",
            "protocol": "modbus",
            "modbus": {"endpoint": url, "unit": 1, "interval_s": INTERVAL_S, "timeout_s": 0.4},
            "sensors": [sensor],
        }
        for name, url in stations.urls.items()
    ]
    return json.dumps({"version": 1, "devices": devices})


def latest(plant: Plant) -> dict[str, tuple[int, str]]:
    rows = plant.ask(
        "SELECT device.code, quality, reason FROM telemetry_latestreading AS latest"
        " JOIN telemetry_sensor AS sensor ON sensor.id = sensor_id"
        " JOIN telemetry_device AS device ON device.id = sensor.device_id"
        " WHERE device.protocol = 'modbus'"
    )
    return {code.removeprefix("STATION-"): (quality, reason) for code, quality, reason in rows}


def test_bad_stations_are_told_for_what_they_are_and_delay_no_other(
    plant: Plant, stations: Stations, told: Told
) -> None:
    file = plant.run.path / "stations.json"
    file.write_text(declared(stations))
    plant.manage("import_devices", str(file))
    plant.process("poll", "manage.py", "poll_modbus").start()
    wait_until(lambda: latest(plant).get("good", (0,))[0] == 192)
    wait_until(lambda: all(latest(plant).get(name, (192,))[0] == 0 for name in BAD))
    assert all(latest(plant)[name][1] for name in BAD)
    assert _widest_hole_s(plant, "good") < 5 * INTERVAL_S
    for name in BAD:
        stations.scripts[name] = good
    began = time.monotonic()
    wait_until(lambda: all(quality == 192 for quality, _ in latest(plant).values()))
    told("stations that behave again", time.monotonic() - began)


def _widest_hole_s(plant: Plant, name: str) -> float:
    ((hole,),) = plant.ask(
        "SELECT max(hole) FROM (SELECT extract(epoch FROM at - lag(at) OVER (ORDER BY at)) AS hole"
        " FROM telemetry_reading AS reading JOIN telemetry_sensor AS sensor ON sensor.id = sensor_id"
        " WHERE sensor.code = %s) AS holes",
        f"STATION-{name}.x",
    )
    return float(hole)
