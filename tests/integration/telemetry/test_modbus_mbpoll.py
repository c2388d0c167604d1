"""The same registers of pymodbus's simulator, read by `mbpoll` of the distribution and by our own reader."""

from __future__ import annotations

import asyncio
import math
import re
import struct
import subprocess
from collections.abc import Iterator

import pytest

from telemetry.adapters.modbus import ModbusReader
from telemetry.domain.blocks import Block
from telemetry.domain.registers import RegisterSpec, decode
from tests.integration.telemetry.modbus_support import Station

pytestmark = pytest.mark.long
FLOATS = [12.5, -0.25, 1e6, 0.0, 3.1415927]
WORDS = [0, 1, 0x7FFF, 0x8000, 0xFFFF, 1234]
WHOLE = [70000, -5, 2**31 - 1]


@pytest.fixture(scope="module")
def station() -> Iterator[Station]:
    floats = struct.unpack(f">{2 * len(FLOATS)}H", struct.pack(f">{len(FLOATS)}f", *FLOATS))
    whole = struct.unpack(f">{2 * len(WHOLE)}H", struct.pack(f">{len(WHOLE)}i", *WHOLE))
    station = Station({1: {0: WORDS, 100: list(floats), 200: list(whole)}}).start()
    yield station
    station.close()


def mbpoll(station: Station, kind: str, start: int, count: int) -> list[float]:
    """Return what mbpoll prints of holding registers; `-0` counts addresses from zero, as we do."""
    command = ["mbpoll", "-m", "tcp", "-p", str(station.port), "-a", "1", "-t", kind, "-0", "-B", "-1", "-q"]
    told = subprocess.run(
        [*command, "-r", str(start), "-c", str(count), "127.0.0.1"],
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(value) for value in re.findall(r"^\[\d+\]:\s+(\S+)", told.stdout, re.MULTILINE)]


def ours(station: Station, kind: str, start: int, count: int) -> list[float | None]:
    async def read() -> list[int]:
        reader = ModbusReader(station.url)
        width = RegisterSpec("holding", 0, kind).count
        words = await reader.read(unit=1, block=Block("holding", start, width * count, ()), timeout_s=5)
        await reader.close()
        return words

    words, spec = asyncio.run(read()), RegisterSpec("holding", 0, kind)
    pieces = [words[place : place + spec.count] for place in range(0, len(words), spec.count)]
    return [decode(spec, piece).value for piece in pieces]


@pytest.mark.parametrize(
    ("theirs", "kind", "start", "count"),
    [
        ("4", "uint16", 0, len(WORDS)),
        ("4:float", "float32", 100, len(FLOATS)),
        ("4:int", "int32", 200, len(WHOLE)),
    ],
)
def test_mbpoll_and_the_platform_read_the_same(
    station: Station, theirs: str, kind: str, start: int, count: int
) -> None:
    told, read = mbpoll(station, theirs, start, count), ours(station, kind, start, count)
    assert len(told) == len(read) == count
    for one, other in zip(told, read, strict=True):
        assert other is not None
        assert math.isclose(one, other, rel_tol=1e-5)
