"""An edge node on a real broker: a will, births when asked, and numbered data."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import paho.mqtt.client as mqtt

from telemetry.domain.sparkplug.payload import REBIRTH, decode
from tests.factories.sparkplug import Edge, metric
from tests.integration.telemetry.support import Broker, wait_until


class LiveEdge:
    """An edge node with one metric, `flow`, by alias; it answers requests for its birth."""

    def __init__(self, broker: Broker, *, node: str = "rtu-1", bd_seq: int = 0) -> None:
        self.asked = 0
        self.flow = 1.0
        self._stamp = 0
        self._edge = Edge(node=node, bd_seq=bd_seq)
        self._sending = threading.Lock()
        self._ready = threading.Event()
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        self._client.will_set(*self._edge.death(at=datetime.now(UTC)), qos=1)
        self._client.on_message = self._on_command
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        self._client.subscribe(self._edge.topic("NCMD"), qos=1)
        assert self._ready.wait(20)

    def birth(self) -> None:
        with self._sending:
            at = datetime.fromtimestamp(self._tick() / 1000, UTC)
            self._publish(self._edge.birth(metric("flow", self.flow, alias=1), at=at))

    def send(self, value: float) -> None:
        with self._sending:
            self.flow = value
            self._publish(self._next(value))

    def lose(self, value: float) -> None:
        """Number a message that never arrives."""
        with self._sending:
            self._next(value)

    def vanish(self) -> None:
        """Break the connection as a power cut would: the broker publishes the will."""
        self._client.loop_stop()
        sock = self._client.socket()
        assert sock is not None
        sock.close()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _next(self, value: float) -> tuple[str, bytes]:
        metrics = metric("", value, alias=1, timestamp=self._tick())
        return self._edge.send("NDATA", metrics, at=datetime.now(UTC))

    def _tick(self) -> int:
        """Return a time in ms that nothing was said at yet: of two values for one time the first stays."""
        self._stamp = max(round(datetime.now(UTC).timestamp() * 1000), self._stamp + 1)
        return self._stamp

    def _publish(self, message: tuple[str, bytes]) -> None:
        self._client.publish(*message, qos=0)

    def _on_command(self, client: Any, userdata: Any, message: Any) -> None:
        if decode(message.payload).value_of(REBIRTH) is True:
            self.asked += 1
            self.birth()


class States:
    """Everything that is published on one topic, and whether it was kept."""

    def __init__(self, broker: Broker, topic: str) -> None:
        self.heard: list[tuple[dict[str, Any], bool]] = []
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        self._client.on_message = lambda c, u, m: self.heard.append((json.loads(m.payload), bool(m.retain)))
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        self._client.subscribe(topic, qos=1)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def listening(broker: Broker, topic: str) -> Iterator[States]:
    """Hear a topic."""
    states = States(broker, topic)
    try:
        yield states
    finally:
        states.close()


def kept_state(broker: Broker, topic: str) -> dict[str, Any]:
    """Return what the broker keeps on a topic."""
    with listening(broker, topic) as states:
        wait_until(lambda: states.heard)
        return states.heard[0][0]
