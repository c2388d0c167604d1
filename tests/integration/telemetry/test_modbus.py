"""Polling of real Modbus servers: what answers, what refuses, what stays silent, what answers late."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Iterator

import pytest

from telemetry.adapters.modbus import ModbusReader
from telemetry.domain.blocks import Block, Item, coalesce
from telemetry.domain.registers import RegisterSpec
from telemetry.models import Alarm, Device, LatestReading, Reading
from telemetry.ports import DeviceError
from telemetry.queries.registry import KnownSensor
from telemetry.services.polling import Poller
from telemetry.services.polling.plan import PolledDevice, load_plan
from tests.factories import telemetry as factory
from tests.factories.telemetry import ago
from tests.integration.telemetry.modbus_support import Question, Station, answer, scripted
from tests.integration.telemetry.support import Worker, wait_until


def block(start: int, count: int = 1) -> Block:
    return Block("holding", start, count, (Item("x", RegisterSpec("holding", start)),))


def float_words(value: float) -> list[int]:
    return list(struct.unpack(">HH", struct.pack(">f", value)))


def test_a_late_answer_is_never_taken_for_the_next_ones() -> None:
    async def scenario() -> list[int]:
        asked: list[Question] = []

        async def script(question: Question, writer: asyncio.StreamWriter) -> None:
            asked.append(question)
            if len(asked) == 1:
                await asyncio.sleep(0.4)
                writer.write(answer(question, [111]))
            else:
                writer.write(answer(question, [222]))

        async with scripted(script) as url:
            reader = ModbusReader(url)
            with pytest.raises(DeviceError, match="no_answer"):
                await reader.read(unit=1, block=block(0), timeout_s=0.2)
            words = await reader.read(unit=1, block=block(0), timeout_s=1)
            await reader.close()
            return words

    assert asyncio.run(scenario()) == [222]


def test_garbage_is_no_answer() -> None:
    async def scenario() -> None:
        async def script(question: Question, writer: asyncio.StreamWriter) -> None:
            writer.write(b"\xff" * 40)

        async with scripted(script) as url:
            reader = ModbusReader(url)
            with pytest.raises(DeviceError):
                await reader.read(unit=1, block=block(0), timeout_s=0.3)
            await reader.close()

    asyncio.run(scenario())


@pytest.fixture
def station() -> Iterator[Station]:
    station = Station({1: {0: [*float_words(12.5), 5, 65535]}, 2: {0: [1, 2], 4: [5]}}).start()
    yield station
    station.close()


@pytest.fixture
def poller(station: Station) -> Iterator[Worker]:
    worker = Worker("poll_modbus", MODBUS_URL=station.url)
    yield worker
    worker.remove()


def modbus_device(code: str, endpoint: str = "env:MODBUS_URL", **settings: float) -> Device:
    values = {"endpoint": endpoint, "unit": 1, "interval_s": 0.3, "timeout_s": 0.3, "max_gap": 8} | settings
    return factory.device(code, protocol="modbus", modbus=values)


def register(device: Device, key: str, address: int, kind: str = "uint16", **values: object) -> None:
    where = {"table": "holding", "address": address, "type": kind} | values
    factory.sensor(device, key, register=where, expected_interval_s=0.3)


def latest(code: str) -> LatestReading | None:
    return LatestReading.objects.filter(sensor__code=code).first()


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(170)
def test_each_device_is_told_for_what_it_is_and_none_delays_another(station: Station, poller: Worker) -> None:
    good = modbus_device("GOOD")
    register(good, "flow_l_s", 0, "float32")
    register(good, "level_m", 2)
    register(good, "broken", 3, sentinels=[65535])
    holed = modbus_device("HOLED", unit=2)
    for key, address in (("a", 0), ("b", 1), ("hole", 3), ("c", 4)):
        register(holed, key, address)
    register(modbus_device("DEAD", "tcp://127.0.0.1:9"), "x", 0)
    poller.start()
    wait_until(lambda: latest("DEAD.x") and latest("HOLED.c") and latest("GOOD.flow_l_s"))
    values = dict(LatestReading.objects.values_list("sensor__code", "value"))
    assert values["GOOD.flow_l_s"] == 12.5
    assert [values[f"HOLED.{key}"] for key in "abc"] == [1, 2, 5]
    reasons = dict(LatestReading.objects.filter(quality=0).values_list("sensor__code", "reason"))
    assert reasons == {
        "GOOD.broken": "sentinel",
        "HOLED.hole": "illegal_address",
        "DEAD.x": "unreachable",
    }
    assert Device.objects.get(code="DEAD").last_error == "unreachable"
    before = Reading.objects.filter(sensor__code="GOOD.flow_l_s", at__gte=ago(600)).count()
    time.sleep(3)
    after = Reading.objects.filter(sensor__code="GOOD.flow_l_s", at__gte=ago(600)).count()
    assert after - before >= 7
    assert Reading.objects.filter(sensor__code="DEAD.x", at__gte=ago(600)).count() == 1
    assert poller.stop() == 0


class OneByOne:
    """A gateway whose unit 9 never answers: each connection is served one question at a time."""

    made: list[OneByOne]

    def __init__(self, endpoint: str) -> None:
        self.asked: list[int] = []
        OneByOne.made.append(self)

    async def read(self, *, unit: int, block: Block, timeout_s: float) -> list[int]:
        self.asked.append(unit)
        if unit == 9:
            raise DeviceError("no_answer")
        return [1] * block.count

    async def close(self) -> None:
        return


def polled(code: str, unit: int, endpoint: str = "tcp://gateway:502") -> PolledDevice:
    items = [Item("x", RegisterSpec("holding", 0))]
    known = {"x": KnownSensor(unit, "x", 1, 0, None, None)}
    return PolledDevice(unit, code, endpoint, unit, 0.02, 0.1, known, coalesce(items))


@pytest.mark.parametrize(("scheme", "connections"), [("tcp", 2), ("rtu+tcp", 1)])
def test_a_silent_unit_is_asked_apart_from_its_neighbours_but_on_a_serial_line(
    scheme: str, connections: int
) -> None:
    OneByOne.made = []
    endpoint = f"{scheme}://gateway:502"
    plan = [polled("GOOD", 1, endpoint), polled("DEAD", 9, endpoint)]

    async def scenario() -> None:
        poller = Poller(connect=OneByOne, modbus_url="")
        poller._flush_until_changed = lambda: asyncio.sleep(0.5)  # type: ignore[method-assign]
        poller._flush = lambda: asyncio.sleep(0)  # type: ignore[assignment,method-assign,return-value]
        await poller._follow(plan)
        await poller._in_database(poller._storage.close)
        poller._database.shutdown()

    asyncio.run(scenario())
    shared, *own = OneByOne.made
    assert 1 + len(own) == connections
    assert shared.asked.count(9) == (1 if own else 3)
    assert shared.asked.count(1) > 3
    assert all(set(line.asked) == {9} for line in own)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(170)
def test_a_station_that_comes_back_is_heard_again_and_raises_its_alarm(
    station: Station, poller: Worker
) -> None:
    device = modbus_device("PUMP")
    register(device, "flow_l_s", 0, "float32")
    rule = factory.low_limit(device.sensors.get(), limit=20, on_delay_s=1)
    station.stop()
    poller.start()
    wait_until(lambda: latest("PUMP.flow_l_s"))
    assert latest("PUMP.flow_l_s").quality == 0  # type: ignore[union-attr]
    assert Alarm.objects.count() == 0
    station.start()
    wait_until(lambda: latest("PUMP.flow_l_s").value == 12.5)  # type: ignore[union-attr]
    alarm = wait_until(lambda: Alarm.objects.filter(rule=rule, state="active_unacknowledged").first())
    assert alarm.raised_value == 12.5


@pytest.mark.django_db
def test_a_device_that_nobody_can_connect_to_stops_no_other() -> None:
    register = {"table": "holding", "address": 0}
    for code, endpoint in (("BAD", "tcp://h:99999"), ("GOOD", "tcp://h:502")):
        device = factory.device(code, "modbus", modbus={"endpoint": endpoint})
        factory.sensor(device, register=register)
    plan, _ = load_plan(modbus_url="tcp://127.0.0.1:502")
    assert [device.code for device in plan] == ["GOOD"]
