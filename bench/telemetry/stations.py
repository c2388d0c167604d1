"""Modbus stations to be polled: one port each, as cheap as they can be; the last one never answers.

`python -m bench.telemetry.stations COUNT` prints the ports it serves, then serves until it is ended.
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys

_QUESTION = struct.Struct(">HHHBBHH")


class _Station(asyncio.Protocol):
    """Answer questions about holding registers: the address, counted up with each question."""

    silent = False

    def __init__(self) -> None:
        self._count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data) - 11, 12):
            transaction, _, _, unit, function, address, count = _QUESTION.unpack_from(data, start)
            self._count += 1
            words = [(address + place + self._count) & 0xFFFF for place in range(count)]
            body = struct.pack(f">BBB{count}H", unit, function, 2 * count, *words)
            if not self.silent:
                self._transport.write(  # type: ignore[attr-defined]
                    struct.pack(">HHH", transaction, 0, len(body)) + body
                )


class _Dead(_Station):
    silent = True


async def main(count: int) -> None:
    """Serve `count` stations and one dead one."""
    loop = asyncio.get_running_loop()
    kinds = [_Station] * count + [_Dead]
    servers = [await loop.create_server(kind, "127.0.0.1", 0) for kind in kinds]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
