from __future__ import annotations

import asyncio
import struct
from datetime import UTC, datetime

import pytest

from telemetry.domain.blocks import Block, Item, coalesce
from telemetry.domain.registers import RegisterSpec
from telemetry.ports import DeviceError
from telemetry.queries.registry import KnownSensor
from telemetry.services.polling.plan import PolledDevice

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)


class Station:
    """A station whose registers hold one float64."""

    def __init__(self, value: float) -> None:
        self.words = list(struct.unpack(">4H", struct.pack(">d", value)))

    async def read(self, *, unit: int, block: Block, timeout_s: float) -> list[int]:
        return self.words

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("raw", "scale", "valid_max", "expected"),
    [
        (5.0, 2.0, None, (10.0, 192, "")),
        (5.0, 2.0, 8.0, (10.0, 0, "out_of_range")),
        (1.7e308, 1.0, None, (None, 0, "too_large")),
        (-1.7e308, 10.0, None, (None, 0, "too_large")),
        (1.7e308, 1.0, 1.75e308, (None, 0, "too_large")),
    ],
)
def test_a_number_that_no_sum_can_hold_is_no_measure(
    raw: float, scale: float, valid_max: float | None, expected: tuple[float | None, int, str]
) -> None:
    item = Item("e", RegisterSpec("holding", 0, "float64", scale=scale))
    known = {"e": KnownSensor(1, "e", scale, 0, None, valid_max)}
    device = PolledDevice(1, "M-1", "tcp://station:502", 1, 1, 1, known, coalesce([item]))
    (row,) = asyncio.run(device.poll(Station(raw), now=NOW))
    assert (row.value, row.quality, row.reason) == expected


class Refusing:
    """A station that refuses some addresses, and answers 7 at the others."""

    def __init__(self, refusals: dict[int, DeviceError]) -> None:
        self.refusals = refusals

    async def read(self, *, unit: int, block: Block, timeout_s: float) -> list[int]:
        if block.start in self.refusals:
            raise self.refusals[block.start]
        return [7] * block.count

    async def close(self) -> None:
        pass


def two_blocks() -> PolledDevice:
    items = [Item(key, RegisterSpec("holding", address)) for key, address in (("a", 0), ("b", 500))]
    known = {key: KnownSensor(number, key, 1, 0, None, None) for number, key in enumerate("ab")}
    return PolledDevice(1, "M-1", "tcp://station:502", 1, 1, 1, known, coalesce(items))


def test_a_block_that_is_refused_for_now_is_bad_and_the_others_count() -> None:
    device, failed = two_blocks(), DeviceError("device_failure", answered=True)
    rows = asyncio.run(device.poll(Refusing({0: failed}), now=NOW))
    assert [(row.value, row.quality, row.reason) for row in rows] == [
        (7, 192, ""),
        (None, 0, "device_failure"),
    ]
    again = asyncio.run(device.poll(Refusing({}), now=NOW))
    assert sorted((row.sensor_id, row.value) for row in again) == [(0, 7), (1, 7)]


def test_a_device_that_refuses_everything_or_falls_silent_gave_no_answer() -> None:
    failed, silent = DeviceError("device_failure", answered=True), DeviceError("no_answer")
    for refusals in ({0: failed, 500: failed}, {0: failed, 500: silent}):
        device = two_blocks()
        with pytest.raises(DeviceError):
            asyncio.run(device.poll(Refusing(refusals), now=NOW))
        assert len(device.blocks) == 2
