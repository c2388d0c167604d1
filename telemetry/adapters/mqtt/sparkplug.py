"""The connection of a Sparkplug host application: a clean session, and its STATE kept true at the broker.

One thread owns the client. The will is made anew for each connection: its timestamp is that of the birth
which follows, so that edge nodes can tell an old will that comes late from the host's real end.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from telemetry.adapters.mqtt.address import Address
from telemetry.domain.sparkplug.topics import FROM_DEVICES, FROM_NODES, NAMESPACE, state_topic
from telemetry.ports import Message

log = structlog.get_logger(__name__)

LOOP_S = 0.1
FLUSH_S = 3.0
LONGEST_PAUSE_S = 5.0
MAX_MESSAGES = 50_000
MAX_BYTES = 64 * 1024 * 1024


class SparkplugLink:
    """A `HostLink` over MQTT 5, or 3.1.1 where the address says so."""

    def __init__(self, url: str, *, host_id: str, keepalive_s: int = 20) -> None:
        self._address = Address.of(url)
        self._state = state_topic(host_id)
        self._client_id = f"chabaka-sparkplug-{host_id}"
        self._keepalive_s = keepalive_s
        self._buffer: deque[Message] = deque()
        self._bytes = 0
        self._commands: deque[tuple[str, bytes]] = deque()
        self._arrived = threading.Condition()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._client: Client | None = None
        self._generation = 0
        self._since_ms = 0
        self._online = False
        self.failures = 0
        """How often the broker could not be reached or refused us, since the process began."""

    def start(self) -> None:
        """Connect, and say that the host is there."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="sparkplug", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Say that the host goes, then disconnect."""
        if self._thread is None:
            return
        self._stopping.set()
        self._thread.join(FLUSH_S + 5)
        self._thread = None
        self._forget()
        self._commands.clear()

    def take(self, *, limit: int, timeout_s: float) -> Sequence[Message]:
        """Return the next messages in order; those of a new connection carry a higher generation."""
        with self._arrived:
            if not self._buffer:
                self._arrived.wait(timeout_s)
            messages = [self._buffer.popleft() for _ in range(min(limit, len(self._buffer)))]
            self._bytes -= sum(len(message.payload) for message in messages)
        return messages

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a command, at most once."""
        self._commands.append((topic, payload))

    @property
    def is_online(self) -> bool:
        """Tell whether the host was announced on the connection that stands."""
        return self._online

    @property
    def generation(self) -> int:
        """Return a number that grows whenever something may have been missed."""
        return self._generation

    @property
    def buffered(self) -> int:
        """Return how many messages wait."""
        return len(self._buffer)

    # -- for the thread that owns the client

    def _run(self) -> None:
        pause_s = 0.2
        while not self._stopping.is_set():
            try:
                client = self._client = self._new_client()
                # The client is new each time, so that its first start, a clean one, is its only one.
                client.connect(self._address.host, self._address.port, keepalive=self._keepalive_s)
                pause_s = 0.2 if self._serve(client) else pause_s
            except (OSError, ValueError) as error:
                self.failures += 1
                log.warning("sparkplug.unreachable", error=str(error))
            self._stopping.wait(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _serve(self, client: Client) -> bool:
        """Keep a connection until it ends; return whether the host was announced on it."""
        announced = False
        while client.loop(LOOP_S) == MQTTErrorCode.MQTT_ERR_SUCCESS:
            announced = announced or self._online
            while self._online and self._commands:
                client.publish(*self._commands.popleft(), qos=0)
            if self._stopping.is_set():
                self._leave(client)
                break
        self._online = False
        return announced

    def _leave(self, client: Client) -> None:
        """Publish the host's death and wait until the broker has it, then disconnect: no will follows."""
        gone = client.publish(self._state, _state(online=False, at_ms=_now_ms()), qos=1, retain=True)
        deadline = time.monotonic() + FLUSH_S
        while not gone.is_published() and time.monotonic() < deadline:
            if client.loop(LOOP_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return
        client.disconnect()
        client.loop(LOOP_S)

    def _new_client(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=self._client_id, protocol=self._address.protocol
        )
        self._address.identify(client)
        client.connect_timeout = 5.0
        # Never twice the same, or an edge node could take a late will for this connection's end.
        self._since_ms = max(_now_ms(), self._since_ms + 1)
        client.will_set(self._state, _state(online=False, at_ms=self._since_ms), qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        return client

    # -- callbacks, in the same thread

    def _on_connect(self, client: Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self.failures += 1
            log.error("sparkplug.refused", reason=str(reason))
            return
        self._generation += 1
        nodes = [(f"{NAMESPACE}/+/{kind}/+", 1) for kind in sorted(FROM_NODES)]
        devices = [(f"{NAMESPACE}/+/{kind}/+/+", 1) for kind in sorted(FROM_DEVICES)]
        client.subscribe([(self._state, 1), *nodes, *devices])

    def _on_subscribe(self, client: Client, userdata: Any, mid: int, reasons: Any, properties: Any) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        if refused:
            log.error("sparkplug.not_subscribed", refused=refused)
            return
        self._announce(client)
        self._online = True
        log.info("sparkplug.online", state=self._state, timestamp=self._since_ms)

    def _announce(self, client: Client) -> None:
        client.publish(self._state, _state(online=True, at_ms=self._since_ms), qos=1, retain=True)

    def _on_message(self, client: Client, userdata: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        if topic == self._state:
            self._hear_own_state(client, message)
            return
        payload, received_at = bytes(message.payload), datetime.now(UTC)
        with self._arrived:
            if len(self._buffer) >= MAX_MESSAGES or self._bytes >= MAX_BYTES:
                # What is dropped here shows as missing; whoever takes the next messages starts over.
                self._forget()
                self._generation += 1
            self._buffer.append(Message(topic, payload, message.mid, self._generation, received_at))
            self._bytes += len(payload)
            self._arrived.notify()

    def _forget(self) -> None:
        self._buffer.clear()
        self._bytes = 0

    def _hear_own_state(self, client: Client, message: MQTTMessage) -> None:
        """Set right whoever says that this host is gone: the will of an earlier connection may come late."""
        try:
            says_online = orjson.loads(message.payload)["online"] is True
        except (ValueError, KeyError, TypeError):
            says_online = False
        if self._online and not says_online and not self._stopping.is_set():
            log.warning("sparkplug.said_to_be_gone")
            self._announce(client)


def _state(*, online: bool, at_ms: int) -> bytes:
    return orjson.dumps({"online": online, "timestamp": at_ms})


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
