"""One open stream: what it may see and what waits to be sent on it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from webmap.live.frames import LiveEvent

MOST_WAITING = 1000


@dataclass(eq=False)
class Client:
    """A screen. A slow one gets the newest value of each sensor, not every value; events keep their order.

    `visible` holds the sensors it may see, None for all. `after` is the last outbox place it was told of.
    """

    user_id: int
    visible: frozenset[int] | None
    language: str = "fr"
    after: int = 0
    closed: bool = False
    lost: bool = False
    _readings: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    _events: deque[LiveEvent] = field(default_factory=deque)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def offer_readings(self, readings: Iterable[Mapping[str, Any]]) -> None:
        """Keep the newest value of each sensor until the next send."""
        seen = self.visible
        for reading in readings:
            if seen is None or reading["id"] in seen:
                self._readings[reading["id"]] = reading
        if self._readings:
            self._wake.set()

    def offer_events(self, events: Iterable[LiveEvent]) -> None:
        """Queue events in order. Too many waiting means that the stream must start over from a snapshot."""
        self._events.extend(events)
        if len(self._events) > MOST_WAITING:
            self._events.clear()
            self.lost = True
        self._wake.set()

    def close(self) -> None:
        """End the stream after what is being sent."""
        self.closed = True
        self._wake.set()

    async def waiting(self, timeout_s: float) -> list[LiveEvent]:
        """Return what waits: events first, then one frame of readings; nothing after `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s):  # unlike wait_for it makes no task of its own
                await self._wake.wait()
        except TimeoutError:
            return []
        self._wake.clear()
        out = [event for event in self._events if event.seq is None or event.seq > self.after]
        self._events.clear()
        if out and (last := out[-1].seq):
            self.after = last
        if self._readings:
            readings = list(self._readings.values())
            self._readings = {}
            out.append(
                LiveEvent(
                    "reading", {"id": readings[-1]["id"], "at": readings[-1]["at"], "readings": readings}
                )
            )
        return out
