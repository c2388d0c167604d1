"""What happens between a notification and the clients of this process."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from types import FrameType
from typing import Any

from django.db import InterfaceError, OperationalError

from webmap.live import listener
from webmap.live.client import Client
from webmap.live.frames import LiveEvent
from webmap.live.source import Change, Source

CONFLATION_S = 0.2
RIGHTS_CHECKED_S = 60.0

log = logging.getLogger(__name__)


class Hub:
    """Reads each change once and hands it to every client that may see it.

    Args:
        source: reads the database.
        notifications: yields `(channel, payload)`; a test gives its own.
    """

    def __init__(
        self,
        source: Source,
        notifications: Callable[[], AsyncIterator[tuple[str, str]]] = listener.notifications,
    ) -> None:
        self.clients: set[Client] = set()
        self.sequence = 0
        self._source = source
        self._notifications = notifications
        self._changed: set[int] | None = set()
        self._readings_due = asyncio.Event()
        self._events_due = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to follow the database. The first snapshot is only taken once this has returned."""
        self.sequence = await self._source.last_sequence()
        loops = (self._listen, self._send_readings, self._send_events, self._check_rights)
        self._tasks = [asyncio.create_task(_kept_alive(loop)) for loop in loops]
        _stop_on_sigterm(self)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        for client in self.clients:
            client.close()
        for task in self._tasks:
            task.cancel()

    async def _listen(self) -> None:
        async for channel, payload in self._notifications():
            if channel in (listener.READINGS, listener.CONNECTED):
                if channel == listener.CONNECTED or not payload:
                    self._changed = None  # every sensor
                elif self._changed is not None:
                    self._changed.update(int(part) for part in payload.split(",") if part.isdigit())
                self._readings_due.set()
            if channel in (listener.OUTBOX, listener.CONNECTED):
                self._events_due.set()

    async def _send_readings(self) -> None:
        """Send at once, then not again for the time of conflation."""
        while True:
            await self._readings_due.wait()
            self._readings_due.clear()
            changed, self._changed = self._changed, set()
            if self.clients:
                try:
                    readings = await self._source.latest(changed)
                except Exception:
                    self._changed = None  # what could not be read now is read with everything, next time
                    self._readings_due.set()
                    raise
                for client in self.clients:
                    client.offer_readings(readings)
            await asyncio.sleep(CONFLATION_S)

    async def _send_events(self) -> None:
        while True:
            await self._events_due.wait()
            self._events_due.clear()
            changes = await self._source.changes_after(self.sequence)
            if not changes:
                continue
            before, self.sequence = self.sequence, changes[-1].seq
            try:
                await self._hand_out(changes)
            except (OperationalError, InterfaceError):
                self.sequence = before  # the database is away: the same changes again, once it is back
                self._events_due.set()
                raise

    async def _hand_out(self, changes: Sequence[Change]) -> None:
        for (user_id, language), clients in self._by_reader().items():
            events = await self._source.events_for(user_id, language, changes)
            for client in clients:
                client.offer_events(events)

    async def _check_rights(self) -> None:
        """Roles and jurisdictions end while screens stay open."""
        while True:
            await asyncio.sleep(RIGHTS_CHECKED_S)
            for (user_id, _language), clients in self._by_reader().items():
                rights = await self._source.rights_of(user_id)
                for client in clients:
                    if rights is None:
                        client.close()
                    else:
                        client.visible = rights.sensors

    def _by_reader(self) -> dict[tuple[int, str], list[Client]]:
        """Group the clients for whom one reading of the database will do."""
        grouped: dict[tuple[int, str], list[Client]] = defaultdict(list)
        for client in self.clients:
            grouped[client.user_id, client.language].append(client)
        return grouped


async def _kept_alive(loop: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a loop for ever: one that fails says so and starts again."""
    while True:
        try:
            await loop()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("live stream: %s failed and starts again", loop.__name__)
            await asyncio.sleep(1)


def _stop_on_sigterm(hub: Hub) -> None:
    """Close the streams before the server's own handler waits for them."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def handle(
            received: int, frame: FrameType | None, before: Any = before, number: signal.Signals = number
        ) -> None:
            loop.call_soon_threadsafe(hub.close)
            if callable(before):
                before(received, frame)
            else:
                signal.signal(number, before if before is not None else signal.SIG_DFL)
                signal.raise_signal(number)

        try:
            signal.signal(number, handle)
        except ValueError:  # not the main thread: whoever runs the loop there closes the hub itself
            return


_hub: Hub | None = None
_starting = asyncio.Lock()


async def running_hub() -> Hub:
    """Return the hub of this process, started on first use."""
    global _hub
    async with _starting:
        if _hub is None:
            hub = Hub(Source())
            await hub.start()
            _hub = hub
    return _hub


__all__ = ["Hub", "LiveEvent", "running_hub"]
