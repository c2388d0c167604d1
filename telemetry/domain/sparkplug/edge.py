"""The life of one edge node as a host application follows it: births, numbered messages, deaths.

Messages are numbered 0 to 255 by edge node, its devices included. One that comes too early waits for those
before it; when they do not come within the reorder timeout, what waited is used in order and a rebirth is
asked for. What comes before any birth waits in the same way: its birth may be late.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from telemetry.domain.payloads import Fault
from telemetry.domain.sparkplug.asking import Asking
from telemetry.domain.sparkplug.catalogue import BD_SEQ, Catalogue, Found
from telemetry.domain.sparkplug.outcomes import Born, Data, Died, Incoming, Outcome, RebirthWanted, Refused
from telemetry.domain.sparkplug.times import instant
from telemetry.domain.sparkplug.topics import EdgeId

NUMBERS = 256
EARLY = 128
"""A number up to this far ahead of the one expected is early; beyond, it is late."""
REORDER_S = 2.0
REBORN_S = 10.0


@dataclass(slots=True)
class EdgeSession:
    """Follow one edge node. Times are monotonic seconds from the caller, instants those of the host."""

    edge: EdgeId
    reorder_s: float = REORDER_S
    online: bool = False
    bd_seq: int | None = None
    asking: Asking = field(default_factory=Asking)
    _expected: int = 0
    _catalogues: dict[str, Catalogue] = field(default_factory=dict)
    _held: dict[int, Incoming] = field(default_factory=dict)
    _waiting_since_s: float = 0.0
    _unborn: set[str] = field(default_factory=set)
    _unborn_due_s: float = 0.0
    _told_dead: bool = False
    _told_unborn: bool = False

    @property
    def devices(self) -> frozenset[str]:
        """Return the devices that are there."""
        return frozenset(self._catalogues) - {""}

    def resume(self, *, bd_seq: int | None = None) -> None:
        """Start over without knowing what happened meanwhile: the births are asked for."""
        self.bd_seq = bd_seq if bd_seq is not None else self.bd_seq
        self.online, self._told_dead, self._told_unborn = False, False, False
        self._catalogues, self._held, self._unborn = {}, {}, set()
        self.asking = Asking()
        self.asking.want("host_restart")

    def receive(self, message: Incoming, *, time_s: float) -> list[Outcome]:
        """Take a message in and return what follows from it, in order."""
        if message.kind == "NDEATH":
            done = self._node_death(message)
        elif message.kind == "NBIRTH":
            done = self._node_birth(message, time_s)
        elif message.payload.seq is None or not 0 <= message.payload.seq < NUMBERS:
            done = [Refused(message, Fault("bad_seq", str(message.payload.seq)))]
        else:
            done = self._numbered(message, message.payload.seq, time_s)
        return done + self._questions(message.received_at, time_s)

    def tick(self, *, now: datetime, time_s: float) -> list[Outcome]:
        """Let what is overdue happen."""
        done: list[Outcome] = []
        if self._held and time_s - self._waiting_since_s >= self.reorder_s:
            done += self._give_up()
        if self._unborn and time_s >= self._unborn_due_s:
            gone = sorted(self._unborn)
            self._unborn = set()
            done += [Died(self.edge, device, now, "not_reborn") for device in gone]
        return done + self._questions(now, time_s)

    def lose(self, *, now: datetime, reason: str) -> list[Outcome]:
        """Note that nothing can be heard of it any more."""
        was_online, self.online = self.online, False
        self._catalogues, self._held, self._unborn = {}, {}, set()
        self._told_dead = True
        return [Died(self.edge, "", now, reason)] if was_online else []

    # -- births and deaths of the node, which no number orders

    def _node_birth(self, message: Incoming, time_s: float) -> list[Outcome]:
        seq = message.payload.seq
        if seq is None or not 0 <= seq < NUMBERS:
            return [Refused(message, Fault("bad_seq", f"NBIRTH with {seq}"))]
        # What waits and was sent before this birth speaks with the names of the last one.
        at_ms = message.payload.at_ms or 0
        before = {n: held for n, held in self._held.items() if (held.payload.at_ms or 0) < at_ms}
        done = self._use_waiting(before) if self.online else []
        self._held = {n: held for n, held in self._held.items() if n not in before}
        self._unborn |= self.devices
        self._unborn_due_s = time_s + REBORN_S
        self.online, self._told_dead, self._told_unborn = True, False, False
        raw = message.payload.value_of(BD_SEQ)
        self.bd_seq = int(raw) if isinstance(raw, int) else None
        self._catalogues = {}
        self._expected = (seq + 1) % NUMBERS
        self.asking.answered()
        done.append(self._born(message))
        return done + self._drain(time_s)

    def _node_death(self, message: Incoming) -> list[Outcome]:
        raw = message.payload.value_of(BD_SEQ)
        if self.online and isinstance(raw, int) and _is_older(raw, self.bd_seq):
            return []  # the will of an earlier connection: the node has been born again since
        done = self._use_waiting(self._held) if self.online else []
        self.online, self._told_dead = False, True
        self._catalogues, self._held, self._unborn = {}, {}, set()
        return [*done, Died(self.edge, "", message.received_at, "node_death")]

    # -- numbered messages

    def _numbered(self, message: Incoming, seq: int, time_s: float) -> list[Outcome]:
        ahead = (seq - self._expected) % NUMBERS
        if self.online and ahead == 0:
            self._expected = (seq + 1) % NUMBERS
            return self._apply(message) + self._drain(time_s)
        if self.online and ahead >= EARLY:
            return [Refused(message, Fault("out_of_sequence", f"{seq}, expected {self._expected}"))]
        if not self._held:
            self._waiting_since_s = time_s
        self._held[seq] = message
        return []

    def _drain(self, time_s: float) -> list[Outcome]:
        done: list[Outcome] = []
        while (message := self._held.pop(self._expected, None)) is not None:
            self._expected = (self._expected + 1) % NUMBERS
            done += self._apply(message)
            self._waiting_since_s = time_s
        return done

    def _give_up(self) -> list[Outcome]:
        held, self._held = self._held, {}
        if self.online:
            done = self._use_waiting(held)
            self.asking.want("sequence_gap")
            return done
        self.asking.want("unborn_node")
        if self._told_unborn:
            return []
        self._told_unborn = True
        return [Refused(next(iter(held.values())), Fault("unborn_node"))]

    def _use_waiting(self, held: dict[int, Incoming]) -> list[Outcome]:
        done: list[Outcome] = []
        for seq in sorted(held, key=lambda seq: (seq - self._expected) % NUMBERS):
            done += self._apply(held[seq])
        if held:
            last = max(held, key=lambda seq: (seq - self._expected) % NUMBERS)
            self._expected = (last + 1) % NUMBERS
        return done

    def _apply(self, message: Incoming) -> list[Outcome]:
        device = message.device
        if message.kind == "DBIRTH":
            self._unborn.discard(device)
            return [self._born(message)]
        catalogue = self._catalogues.get(device)
        if message.kind == "DDEATH":
            self._catalogues.pop(device, None)
            self._unborn.discard(device)
            return [Died(self.edge, device, _sent_at(message), "device_death")]
        if catalogue is None:
            self.asking.want("unborn_device")
            return [Refused(message, Fault("unborn_device", device))]
        return self._data(message, catalogue.read(message.payload))

    def _born(self, message: Incoming) -> Born:
        catalogue = Catalogue.of(message.payload)
        self._catalogues[message.device] = catalogue
        return Born(
            self.edge,
            message.device,
            message.received_at,
            self.bd_seq,
            tuple(catalogue.by_name.values()),
            tuple(catalogue.read(message.payload, is_birth=True).values),
            message,
        )

    def _data(self, message: Incoming, found: Found) -> list[Outcome]:
        if found.unknown:
            self.asking.want("unknown_metric")
        values = tuple(found.values)
        done: list[Outcome] = [Data(self.edge, message.device, message.received_at, values, message)]
        for reason, names in found.refused.items():
            done.append(Refused(message, Fault(reason, ", ".join(names)[:200])))
        return done

    # -- questions

    def _questions(self, now: datetime, time_s: float) -> list[Outcome]:
        cause = self.asking.due(time_s)
        if not cause:
            return []
        done: list[Outcome] = [RebirthWanted(self.edge, cause)]
        if not self.online and not self._told_dead and self.asking.unanswered > 1:
            self._told_dead = True
            done.append(Died(self.edge, "", now, "no_birth"))
        return done


def _is_older(bd_seq: int, than: int | None) -> bool:
    """Tell whether a death belongs to an earlier connection than the last birth.

    The number grows with each connection. A later one than the birth's is a death all the same: that birth
    was lost, or the node gives its farewell the number of its next connection, as one library does.
    """
    return than is not None and (bd_seq - than) % NUMBERS >= EARLY


def _sent_at(message: Incoming) -> datetime:
    """Return the time a device's death tells; the time of receipt where it tells none that can be."""
    at = instant(message.payload.at_ms, now=message.received_at)
    return at if isinstance(at, datetime) else message.received_at
