"""The Modbus adapter with real and scripted servers: both framings, false answers, and never a write."""

from __future__ import annotations

import asyncio
import inspect
import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pymodbus.client.mixin import ModbusClientMixin

from telemetry.adapters.modbus import READING, ModbusReader, NotReading
from telemetry.domain.blocks import Block
from telemetry.domain.registers import TABLES, Table
from telemetry.ports import DeviceError
from tests.integration.telemetry.modbus_support import Question, Station, answer, scripted


def block(table: Table = "holding", start: int = 0, count: int = 2) -> Block:
    return Block(table, start, count, ())


def ask(url: str, *blocks: Block, unit: int = 1, timeout_s: float = 2.0) -> list[list[int] | str]:
    """Return the words of each block, or why there are none, over one reader."""

    async def talk() -> list[list[int] | str]:
        reader, found = ModbusReader(url), []
        for one in blocks:
            try:
                found.append(await reader.read(unit=unit, block=one, timeout_s=timeout_s))
            except DeviceError as error:
                found.append(error.reason)
        await reader.close()
        return found

    return asyncio.run(talk())


@pytest.fixture(params=["tcp", "rtu+tcp"])
def station(request: pytest.FixtureRequest) -> Iterator[Station]:
    station = Station({1: {0: list(range(1000, 1130))}, 2: {0: [1, 2]}}, scheme=request.param).start()
    yield station
    station.close()


def test_both_framings_read_the_same_registers_up_to_the_largest_block(station: Station) -> None:
    assert ask(station.url, block(count=2), block(start=4, count=125)) == [
        [1000, 1001],
        list(range(1004, 1129)),
    ]
    assert ask(station.url, block(count=2), unit=2) == [[1, 2]]


def test_a_refusal_is_told_in_both_framings_and_the_connection_goes_on(station: Station) -> None:
    assert ask(station.url, block(start=500), block()) == ["illegal_address", [1000, 1001]]


def rtu(body: bytes) -> bytes:
    """Return a frame of a serial line: the body and its checksum."""
    crc = 0xFFFF
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return body + struct.pack("<H", crc)


def rtu_answer(words: list[int], *, unit: int = 1, function: int = 3) -> bytes:
    return rtu(struct.pack(f">BBB{len(words)}H", unit, function, 2 * len(words), *words))


async def _serve(answers: list[bytes], seen: list[bytes], reader: Any, writer: Any) -> None:
    try:
        while True:
            seen.append(await reader.readexactly(8))
            if answers:
                writer.write(answers.pop(0))
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def ask_serial(answers: list[bytes], *blocks: Block) -> tuple[list[list[int] | str], list[bytes]]:
    """Ask a serial line whose answers are these bytes, in turn; return what came of it and the questions."""
    seen: list[bytes] = []

    async def talk() -> list[list[int] | str]:
        server = await asyncio.start_server(lambda r, w: _serve(answers, seen, r, w), "127.0.0.1", 0)
        reader = ModbusReader(f"rtu+tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        found: list[list[int] | str] = []
        for one in blocks:
            try:
                found.append(await reader.read(unit=1, block=one, timeout_s=0.3))
            except DeviceError as error:
                found.append(error.reason)
        await reader.close()
        server.close()
        await asyncio.sleep(0.05)
        return found

    return asyncio.run(talk()), seen


@pytest.mark.parametrize(
    "wrong",
    [
        rtu_answer([9, 9], unit=2),
        rtu_answer([9, 9], function=4),
        rtu_answer([9, 9, 9]),
        rtu_answer([9]),
        rtu_answer([9, 9])[:-2] + b"\0\0",
        rtu_answer([9, 9])[:-3],
        b"",
        b"\xff" * 300,
    ],
    ids=[
        "other unit",
        "other function",
        "too long",
        "too short",
        "checksum",
        "cut off",
        "silence",
        "garbage",
    ],
)
def test_on_a_serial_line_no_answer_but_the_right_one_is_taken_and_the_next_question_is_clean(
    wrong: bytes,
) -> None:
    found, seen = ask_serial([wrong, rtu_answer([1, 2])], block(), block())
    assert found[0] in {"no_answer", "wrong_answer"}
    assert found[1] == [1, 2]
    assert seen == [rtu(struct.pack(">BBHH", 1, 3, 0, 2))] * 2


@pytest.mark.parametrize("change", [{"unit": 7}, {"function": 4}, {"transaction": 77}, {"words": 3}])
def test_over_tcp_too(change: dict[str, int]) -> None:
    async def talk() -> list[str | list[int]]:
        asked: list[Question] = []

        async def script(question: Question, writer: asyncio.StreamWriter) -> None:
            asked.append(question)
            transaction, unit, function, address, count = question
            if len(asked) == 1:
                unit, function = change.get("unit", unit), change.get("function", function)
                question = (change.get("transaction", transaction), unit, function, address, count)
                writer.write(answer(question, [9] * change.get("words", 2)))
            else:
                writer.write(answer(question, [1, 2]))

        async with scripted(script) as url:
            reader = ModbusReader(url)
            with pytest.raises(DeviceError):
                await reader.read(unit=1, block=block(), timeout_s=1)
            words = await reader.read(unit=1, block=block(), timeout_s=2)
            await reader.close()
            return [*words]

    assert asyncio.run(talk()) == [1, 2]


def test_a_slow_loris_is_no_answer_within_the_time_limit() -> None:
    async def talk() -> str:
        async def script(question: Question, writer: asyncio.StreamWriter) -> None:
            for byte in answer(question, [1, 2]):
                writer.write(bytes([byte]))
                await asyncio.sleep(0.2)

        async with scripted(script) as url:
            reader = ModbusReader(url)
            with pytest.raises(DeviceError) as refused:
                await reader.read(unit=1, block=block(), timeout_s=0.4)
            await reader.close()
            return refused.value.reason

    assert asyncio.run(talk()) == "no_answer"


# -- read only by construction


def test_the_reader_offers_nothing_but_reading_and_sends_the_four_reading_functions() -> None:
    public = {name for name in vars(ModbusReader) if not name.startswith("_")}
    assert public == {"read", "close"}
    assert set(READING.values()) == {1, 2, 3, 4}
    functions: list[int] = []

    async def talk() -> None:
        async def script(question: Question, writer: asyncio.StreamWriter) -> None:
            functions.append(question[2])
            writer.close()

        async with scripted(script) as url:
            reader = ModbusReader(url)
            for table in TABLES:
                with pytest.raises(DeviceError):
                    await reader.read(unit=1, block=block(table), timeout_s=0.3)
            await reader.close()

    asyncio.run(talk())
    assert sorted(functions) == [1, 2, 3, 4]


def _other_questions() -> list[str]:
    named = inspect.getmembers(ModbusClientMixin, inspect.isfunction)
    reads = {"read_coils", "read_discrete_inputs", "read_holding_registers", "read_input_registers"}
    helpers = {"execute", "convert_to_registers", "convert_from_registers"}
    return [name for name, _ in named if not name.startswith("_") and name not in reads | helpers]


def _arguments(method: Callable[..., Any]) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for name, parameter in inspect.signature(method).parameters.items():
        if parameter.default is inspect.Parameter.empty:
            as_list = name in {"values", "records"} or "list" in str(parameter.annotation).lower()
            wanted[name] = [] if as_list else b"" if "bytes" in str(parameter.annotation) else 1
    return wanted


@pytest.mark.parametrize("name", _other_questions())
def test_every_other_question_of_the_library_is_refused_before_a_byte_is_sent(name: str) -> None:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            heard.append(data)
        writer.close()

    async def talk() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        reader = ModbusReader(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        assert await reader._client.connect()
        method = getattr(reader._client, name)
        with pytest.raises(NotReading):
            await method(**_arguments(method))
        await reader.close()
        server.close()
        await asyncio.sleep(0.02)

    asyncio.run(talk())
    assert heard == []


def test_writing_is_among_them() -> None:
    assert {
        "write_coil",
        "write_coils",
        "write_register",
        "write_registers",
        "mask_write_register",
        "readwrite_registers",
        "write_file_record",
    } <= set(_other_questions())
