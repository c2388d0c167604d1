"""Modbus over TCP, framed as TCP or as RTU: one connection per endpoint, one question at a time, and only
questions that read.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from urllib.parse import urlsplit

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.framer import FramerType
from pymodbus.pdu import ModbusPDU

from telemetry.domain.blocks import Block
from telemetry.domain.registers import BIT_TABLES
from telemetry.ports import DeviceError

# The library reports every lost connection by itself; we report them once, with the device.
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)

ILLEGAL = {1: "illegal_function", 2: "illegal_address", 3: "illegal_value"}
READING = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}
"""Function codes by table; no other is ever sent."""
FRAMERS = {"tcp": FramerType.SOCKET, "rtu+tcp": FramerType.RTU}
OF_GATEWAYS = frozenset({10, 11})
"""What a gateway says for a unit that did not answer."""
FAILED = {4: "device_failure", 6: "device_busy", 10: "gateway_unavailable", 11: "gateway_no_answer"}


class NotReading(RuntimeError):  # noqa: N818 - it says what the question was
    """Something else than a question that reads was about to be sent."""


class ModbusReader:
    """A `RegisterReader` of the units behind one endpoint: `tcp://host:port`, or `rtu+tcp://host:port`.

    The second sends the frames of a serial line, checksum and all, as serial bridges pass them on. They carry
    no transaction number: what keeps answers apart there is one question at a time, and a new connection
    after each answer that did not come as it should.
    """

    def __init__(self, endpoint: str) -> None:
        address = urlsplit(endpoint)
        self._client = AsyncModbusTcpClient(
            address.hostname or "127.0.0.1",
            framer=FRAMERS[address.scheme],
            port=address.port or 502,
            retries=0,
            timeout=30,  # the caller's limit is shorter and counts
            reconnect_delay=0,
            trace_pdu=_refuse_writing,
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
                return _words(answer, block)
            except (TimeoutError, ModbusException, OSError, _Mixed, asyncio.CancelledError) as error:
                # An answer that comes late must find nobody: the next question opens a new connection.
                self._client.close()
                if isinstance(error, asyncio.CancelledError):
                    raise
                reason = "wrong_answer" if isinstance(error, _Mixed) else "no_answer"
                raise DeviceError(reason) from error

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


class _Mixed(Exception):  # noqa: N818
    """The answer belongs to another question."""


def _refuse_writing(sending: bool, pdu: ModbusPDU) -> ModbusPDU:
    """Let nothing out but the four questions that read, whoever asks the library for more."""
    if sending and pdu.function_code not in READING.values():
        raise NotReading(f"function {pdu.function_code}")
    return pdu


def _words(answer: Any, block: Block) -> list[int]:
    if answer.function_code & 0x7F != READING[block.table]:
        raise _Mixed
    if answer.isError():
        code = getattr(answer, "exception_code", 0)
        if code in ILLEGAL:
            raise DeviceError(ILLEGAL[code], permanent=True)
        raise DeviceError(FAILED.get(code, f"exception_{code}"), answered=code not in OF_GATEWAYS)
    words = [int(bit) for bit in answer.bits] if block.table in BIT_TABLES else list(answer.registers)
    # Bits come in whole bytes, registers as many as asked for.
    expected = -(-block.count // 8) * 8 if block.table in BIT_TABLES else block.count
    if len(words) != expected:
        raise _Mixed
    return words[: block.count]
