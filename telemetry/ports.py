"""What the outside looks like from here: a source of messages, and devices that answer reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from telemetry.domain.blocks import Block


class Message(NamedTuple):
    """Hold what a broker delivered. `mid` may only be acknowledged on the connection of its `generation`.

    `retained`: the broker had kept it, from whenever, and gave it because we subscribed just now.
    """

    topic: str
    payload: bytes
    mid: int
    generation: int
    received_at: datetime
    retained: bool = False


class MessageSource(Protocol):
    """Deliver messages in order, and keep them until told that they are stored."""

    def take(self, *, limit: int, linger_s: float, timeout_s: float) -> Sequence[Message]:
        """Return the next messages: the first one there is, and what follows within the linger."""

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Tell the broker that these are stored; those of an earlier connection are left to come again."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a command to a device, at least once while the connection lasts."""


class HostLink(Protocol):
    """Speak for a Sparkplug host application: announce it, hear edge nodes, send them commands."""

    def start(self) -> None:
        """Connect, and say that the host is there."""

    def stop(self) -> None:
        """Say that the host goes, then disconnect."""

    def take(self, *, limit: int, timeout_s: float) -> Sequence[Message]:
        """Return the next messages in order; those of a new connection carry a higher generation."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a command, at most once."""

    @property
    def is_online(self) -> bool:
        """Tell whether the host was announced on the connection that stands."""

    @property
    def generation(self) -> int:
        """Return a number that grows whenever something may have been missed."""

    @property
    def buffered(self) -> int:
        """Return how many messages wait."""


class DeviceError(Exception):
    """Say why a device gave no answer. `permanent`: the same question will be refused again.

    `answered`: the device is there and refused this question for now; another may be answered.
    """

    def __init__(self, reason: str, *, permanent: bool = False, answered: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.answered = answered


class RegisterReader(Protocol):
    """Read blocks of registers from the units behind one endpoint, one question at a time."""

    async def read(self, *, unit: int, block: Block, timeout_s: float) -> list[int]:
        """Return the words (or bits) of a block.

        Raises:
            DeviceError: no connection, no answer, or a refusal (`permanent`).
        """

    async def close(self) -> None:
        """End the connection."""
