"""Over which connection a device is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from telemetry.ports import RegisterReader


@dataclass(slots=True)
class Line:
    """Hold the connection that a device shares with its neighbours, and its own while it is silent.

    `connect` None: it has no neighbours, or no second connection can be had.
    """

    shared: RegisterReader
    connect: Callable[[str], RegisterReader] | None
    endpoint: str
    own: RegisterReader | None = None

    def to_ask(self, *, is_suspect: bool) -> RegisterReader:
        """Return the connection for the next question."""
        if not is_suspect or self.connect is None:
            return self.shared
        if self.own is None:
            self.own = self.connect(self.endpoint)
        return self.own

    async def close(self) -> None:
        """End the connection of its own, if there is one."""
        if self.own is not None:
            await self.own.close()
            self.own = None
