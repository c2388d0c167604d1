"""What comes in from edge nodes, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from telemetry.domain.payloads import Fault
from telemetry.domain.sparkplug.payload import Payload
from telemetry.domain.sparkplug.topics import EdgeId


@dataclass(frozen=True, slots=True)
class Incoming:
    """Hold one message as it came: what its topic and payload say, and both as they were."""

    kind: str
    edge: EdgeId
    device: str
    payload: Payload
    received_at: datetime
    topic: str = ""
    raw: bytes = b""


class Definition(NamedTuple):
    """Hold what a birth says of a metric, which later messages may leave out."""

    name: str
    datatype: int
    unit: str = ""
    text: str = ""


class Value(NamedTuple):
    """Hold one value of a metric: `at_ms` None means the time of receipt."""

    name: str
    at_ms: int | None
    value: float | None
    quality: int
    reason: str
    is_historical: bool


@dataclass(frozen=True, slots=True)
class Born:
    """An edge node (device empty) or a device is there, with these metrics and their values."""

    edge: EdgeId
    device: str
    received_at: datetime
    bd_seq: int | None
    definitions: tuple[Definition, ...]
    values: tuple[Value, ...]
    message: Incoming = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Data:
    """An edge node or a device sent values."""

    edge: EdgeId
    device: str
    received_at: datetime
    values: tuple[Value, ...]
    message: Incoming = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Died:
    """A device, or a node with all its devices (device empty), is gone: its values are stale from `at`."""

    edge: EdgeId
    device: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class RebirthWanted:
    """An edge node shall be asked to tell its births again."""

    edge: EdgeId
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A message, or part of it, cannot be used."""

    message: Incoming
    fault: Fault


Outcome = Born | Data | Died | RebirthWanted | Refused
