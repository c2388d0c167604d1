"""The loop of the poller: every device in its own rhythm, one connection per endpoint."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

import structlog

from backend.core import clock
from telemetry.ports import DeviceError, RegisterReader
from telemetry.services.polling.lines import Line
from telemetry.services.polling.plan import PolledDevice
from telemetry.services.polling.storage import PollStorage
from telemetry.services.readings import Row

log = structlog.get_logger(__name__)

FLUSH_EVERY_S = 0.1
STANDBY_S = 1.0
REPLAN_S = 600.0
T = TypeVar("T")


class Poller:
    """Ask every Modbus device of the plan until told to stop.

    Devices behind one endpoint share its connection and are asked in turn; first polls are spread over the
    interval. A device that stays silent is left alone longer and longer. It delays its neighbours once, by
    its time limit: from then on it is asked over a connection of its own until it answers. Not so on a serial
    line (`rtu+tcp`), where two connections would talk at once.
    """

    def __init__(self, *, connect: Callable[[str], RegisterReader], modbus_url: str) -> None:
        self._connect = connect
        self._url = modbus_url
        self._storage = PollStorage()
        self._database = ThreadPoolExecutor(1, "database")
        self._stopping = asyncio.Event()
        self._rows: list[Row] = []
        self._health: dict[int, tuple[datetime, str]] = {}

    def stop(self) -> None:
        """Let the round end and store it."""
        self._stopping.set()

    async def run(self) -> None:
        """Poll until stopped; the plan is made anew when devices change."""
        try:
            while not self._stopping.is_set():
                plan = await self._in_database(lambda: self._storage.load(self._url))
                if plan is None:
                    await self._pause(STANDBY_S)
                    continue
                log.info("poll.active", devices=len(plan))
                await self._follow(plan)
        finally:
            await self._in_database(self._storage.close)
            self._database.shutdown()

    async def _follow(self, plan: list[PolledDevice]) -> None:
        readers = {endpoint: self._connect(endpoint) for endpoint in {device.endpoint for device in plan}}
        shared = Counter(device.endpoint for device in plan)
        lines = [self._line(device, readers[device.endpoint], shared[device.endpoint]) for device in plan]
        tasks = [
            asyncio.create_task(self._keep_polling(device, line, place / len(plan)))
            for place, (device, line) in enumerate(zip(plan, lines, strict=True))
        ]
        try:
            await self._flush_until_changed()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for line in lines:
                await line.close()
            for reader in readers.values():
                await reader.close()
            await self._flush()

    def _line(self, device: PolledDevice, reader: RegisterReader, neighbours: int) -> Line:
        may_have_own = neighbours > 1 and device.endpoint.startswith("tcp:")
        return Line(reader, self._connect if may_have_own else None, device.endpoint)

    async def _keep_polling(self, device: PolledDevice, line: Line, phase: float) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + phase * device.interval_s
        while True:
            await asyncio.sleep(max(due - loop.time(), 0))
            if device.breaker.may_try(loop.time()):
                await self._poll_once(device, line.to_ask(is_suspect=device.breaker.failures > 0))
                if not device.breaker.failures:
                    await line.close()
            # A late round is skipped, not caught up with.
            due += device.interval_s * max(1, -(-(loop.time() - due) // device.interval_s))

    async def _poll_once(self, device: PolledDevice, reader: RegisterReader) -> None:
        try:
            rows = await device.poll(reader, now=clock.now())
        except DeviceError as error:
            self._failed(device, error.reason)
            return
        except Exception:
            log.exception("poll.failed", device=device.code)
            self._failed(device, "unexpected")
            return
        if device.silent:
            log.info("poll.answers_again", device=device.code)
        device.silent = False
        device.breaker.succeeded()
        self._rows += rows
        self._health[device.id] = (clock.now(), "")

    def _failed(self, device: PolledDevice, reason: str) -> None:
        now = clock.now()
        device.breaker.failed(asyncio.get_running_loop().time())
        self._health[device.id] = (now, reason)
        if not device.silent and device.breaker.is_open:
            log.warning("poll.silent", device=device.code, reason=reason)
            device.silent = True
            self._rows += device.all_bad(now=now, reason=reason)

    async def _flush_until_changed(self) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + REPLAN_S
        while not self._stopping.is_set() and loop.time() < end:
            await self._pause(FLUSH_EVERY_S)
            if await self._flush():
                return

    async def _flush(self) -> bool:
        rows, health = self._rows, self._health
        self._rows, self._health = [], {}

        def work() -> bool:
            self._storage.add(rows, health)
            return self._storage.flush()

        return await self._in_database(work)

    async def _in_database(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._database, work)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
