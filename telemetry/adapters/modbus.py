"""Modbus TCP: one connection per endpoint, one question at a time, and only questions that read."""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from urllib.parse import urlsplit

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.framer import FramerType

from telemetry.domain.blocks import Block
from telemetry.ports import DeviceError

# The library reports every lost connection by itself; we report them once, with the device.
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)

ILLEGAL = {1: "illegal_function", 2: "illegal_address", 3: "illegal_value"}
FAILED = {4: "device_failure", 6: "device_busy", 10: "gateway_unavailable", 11: "gateway_no_answer"}


class ModbusTcpReader:
    """A `RegisterReader` of the units behind one `tcp://host:port` endpoint."""

    def __init__(self, endpoint: str) -> None:
        address = urlsplit(endpoint)
        self._client = AsyncModbusTcpClient(
            address.hostname or "127.0.0.1",
            framer=FramerType.SOCKET,
            port=address.port or 502,
            retries=0,
            timeout=30,  # the caller's limit is shorter and counts
            reconnect_delay=0,
        )
        self._asking = asyncio.Lock()

    async def read(self, *, unit: int, block: Block, timeout_s: float) -> list[int]:
        """Return the words (or bits) of a block.

        Raises:
            DeviceError: no connection, no answer within `timeout_s`, or a refusal (`permanent`).
        """
        async with self._asking:
            await self._connect(timeout_s)
            try:
                answer = await asyncio.wait_for(self._ask(unit, block), timeout_s)
            except (TimeoutError, ModbusException, OSError, asyncio.CancelledError) as error:
                # An answer that comes late must find nobody: the next question opens a new connection.
                self._client.close()
                if isinstance(error, asyncio.CancelledError):
                    raise
                raise DeviceError("no_answer") from error
        return _words(answer, block)

    async def close(self) -> None:
        """End the connection."""
        self._client.close()

    async def _connect(self, timeout_s: float) -> None:
        if self._client.connected:
            return
        try:
            connected = await asyncio.wait_for(self._client.connect(), timeout_s)
        except (TimeoutError, ModbusException, OSError):
            connected = False
        if not connected:
            self._client.close()
            raise DeviceError("unreachable")

    async def _ask(self, unit: int, block: Block) -> Any:
        questions = {
            "holding": self._client.read_holding_registers,
            "input": self._client.read_input_registers,
            "coil": self._client.read_coils,
            "discrete": self._client.read_discrete_inputs,
        }
        return await questions[block.table](block.start, count=block.count, device_id=unit)


def _words(answer: Any, block: Block) -> list[int]:
    if answer.isError():
        code = getattr(answer, "exception_code", 0)
        if code in ILLEGAL:
            raise DeviceError(ILLEGAL[code], permanent=True)
        raise DeviceError(FAILED.get(code, f"exception_{code}"))
    words = (
        [int(bit) for bit in answer.bits] if block.table in {"coil", "discrete"} else list(answer.registers)
    )
    if len(words) < block.count:
        raise DeviceError("short_answer")
    return words[: block.count]
