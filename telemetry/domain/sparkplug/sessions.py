"""All edge nodes that a host application follows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from telemetry.domain.payloads import Fault
from telemetry.domain.sparkplug.edge import REORDER_S, EdgeSession
from telemetry.domain.sparkplug.outcomes import Incoming, Outcome, Refused
from telemetry.domain.sparkplug.payload import Payload, Unreadable, decode
from telemetry.domain.sparkplug.topics import EdgeId, is_command, read_topic

MOST_EDGES = 20_000


class Sessions:
    """Hand each message to the session of its edge node. Times are monotonic seconds from the caller."""

    def __init__(self, *, reorder_s: float = REORDER_S) -> None:
        self._reorder_s = reorder_s
        self.edges: dict[EdgeId, EdgeSession] = {}

    def resume(self, known: Iterable[tuple[EdgeId, int | None]] = ()) -> None:
        """Start over after time away: every edge node known is asked for its births."""
        for edge, bd_seq in known:
            self._session(edge).bd_seq = bd_seq
        for session in self.edges.values():
            session.resume()

    def receive(self, topic: str, raw: bytes, *, received_at: datetime, time_s: float) -> list[Outcome]:
        """Take a message in and return what follows from it."""
        read = read_topic(topic)
        if read is None:
            return [] if is_command(topic) else [refused(topic, raw, received_at, Fault("bad_topic"))]
        try:
            payload = decode(raw)
        except Unreadable as error:
            return [refused(topic, raw, received_at, Fault("unreadable_sparkplug", str(error)), read.edge)]
        message = Incoming(read.kind, read.edge, read.device, payload, received_at, topic, raw)
        if read.edge not in self.edges and len(self.edges) >= MOST_EDGES:
            return [Refused(message, Fault("too_many_edges"))]
        return self._session(read.edge).receive(message, time_s=time_s)

    def tick(self, *, now: datetime, time_s: float) -> list[Outcome]:
        """Let what is overdue happen."""
        return [done for session in self.edges.values() for done in session.tick(now=now, time_s=time_s)]

    def lose(self, *, now: datetime, reason: str) -> list[Outcome]:
        """Note that nobody can be heard any more."""
        return [done for session in self.edges.values() for done in session.lose(now=now, reason=reason)]

    @property
    def online(self) -> int:
        """Return how many edge nodes are there."""
        return sum(session.online for session in self.edges.values())

    def ask(self, edge: EdgeId, cause: str) -> None:
        """Have an edge node asked for its births, known or not."""
        self._session(edge).asking.want(cause)

    def _session(self, edge: EdgeId) -> EdgeSession:
        session = self.edges.get(edge)
        if session is None:
            session = self.edges[edge] = EdgeSession(edge, self._reorder_s)
        return session


def refused(
    topic: str, raw: bytes, received_at: datetime, fault: Fault, edge: EdgeId | None = None
) -> Refused:
    """Return that a message cannot be used, and why."""
    nothing = Payload(None, None, ())
    return Refused(Incoming("", edge or EdgeId("", ""), "", nothing, received_at, topic, raw), fault)
