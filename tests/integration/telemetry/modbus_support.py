"""Modbus servers of the tests: a real one, and one whose answers are scripted byte by byte."""

from __future__ import annotations

import asyncio
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from pymodbus.framer import FramerType
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from ops.rundir import free_port

Question = tuple[int, int, int, int, int]
"""Transaction, unit, function, address, count."""
Script = Callable[[Question, asyncio.StreamWriter], Awaitable[None]]


class Station:
    """A Modbus server in a thread of its own; `units` maps unit ids to blocks of (address, words)."""

    def __init__(self, units: dict[int, dict[int, list[int]]], *, scheme: str = "tcp") -> None:
        self.port = free_port()
        self._scheme = scheme
        self._units = units
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: ModbusTcpServer | None = None

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def start(self) -> Station:
        if not self._thread.is_alive():
            self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(5)
        return self

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)

    def close(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _serve(self) -> None:
        devices = [
            SimDevice(
                unit,
                simdata=[
                    SimData(address, values=words, datatype=DataType.REGISTERS)
                    for address, words in blocks.items()
                ],
            )
            for unit, blocks in self._units.items()
        ]
        framer = FramerType.RTU if self._scheme == "rtu+tcp" else FramerType.SOCKET
        self._server = ModbusTcpServer(devices, framer=framer, address=("127.0.0.1", self.port))
        await self._server.serve_forever(background=True)

    async def _end(self) -> None:
        if self._server:
            await self._server.shutdown()
            self._server = None
            await asyncio.sleep(0.1)


@asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[str]:
    """Serve `script`, which is handed each question as it comes; give the address."""
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())  # type: ignore[arg-type]
        try:
            while True:
                head = await reader.readexactly(12)
                transaction, _, _, unit, function, address, count = struct.unpack(">HHHBBHH", head)
                await script((transaction, unit, function, address, count), writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(0.05)


def answer(question: Question, words: list[int]) -> bytes:
    """Return the bytes that answer a question about registers."""
    transaction, unit, function, _, _ = question
    body = struct.pack(f">BBB{len(words)}H", unit, function, 2 * len(words), *words)
    return struct.pack(">HHH", transaction, 0, len(body)) + body
