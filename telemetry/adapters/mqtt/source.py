"""A persistent MQTT subscription, 5 or 3.1.1, that acknowledges only what it is told is stored.

One thread owns the client: it reads the socket, sends the acknowledgements handed over, and reads nothing
while the buffer is full, so that the broker keeps what cannot be taken in. No callback acknowledges anything.
"""

from __future__ import annotations

import contextlib
import logging
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from telemetry.adapters.mqtt.address import Address
from telemetry.adapters.mqtt.client import LeanClient
from telemetry.ports import Message

log = structlog.get_logger(__name__)

LONGEST_PAUSE_S = 5.0
PACKETS_PER_TURN = 500
PACKETS_AT_ONCE = 20
FLUSH_S = 3.0


@dataclass(frozen=True, slots=True)
class Subscription:
    """Describe where and how to subscribe. The session outlives the connection by `session_expiry_s`.

    With `share` the topics are those of a shared group: each message goes to one of its members.
    """

    url: str
    client_id: str
    topics: tuple[str, ...] = ("telemetry/+",)
    share: str = ""
    session_expiry_s: int = 7 * 86_400
    keepalive_s: int = 20
    max_messages: int = 20_000
    max_bytes: int = 64 * 1024 * 1024


class MqttSource:
    """A `MessageSource` over MQTT 5, or 3.1.1 where the address says so."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription
        self._address = Address.of(subscription.url)
        self._topics = frozenset(subscription.topics)
        self._wanted = self._topics
        self._client = self._new_client()
        self._generation = 0
        self._buffer: deque[Message] = deque()
        self._arrived = threading.Condition()
        self._bytes_in = self._bytes_out = 0
        self._acks: deque[tuple[int, int]] = deque()
        self._commands: deque[tuple[str, bytes]] = deque()
        self._changes: deque[tuple[frozenset[str], frozenset[str]]] = deque()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._connected = False
        self._awaited: set[int] = set()
        self.failures = 0
        """How often the broker could not be reached or refused us, since the process began."""
        self._received_at = datetime.now(UTC)

    # -- for the consumer's thread

    def start(self) -> None:
        """Connect and begin to read."""
        self._stopping.clear()
        self._wake_r, self._wake_w = socket.socketpair()
        self._wake_r.setblocking(False)
        self._wake_w.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send the acknowledgements handed over, leave the session with the broker, and forget the buffer."""
        if self._thread is None:
            return
        self._stopping.set()
        self._wake()
        self._thread.join(FLUSH_S + 5)
        self._thread = None
        self._wake_r.close()
        self._wake_w.close()
        self._acks.clear()
        self._buffer.clear()
        self._bytes_out = self._bytes_in

    def take(self, *, limit: int, linger_s: float, timeout_s: float) -> Sequence[Message]:
        """Return the next messages: the first one there is, and what follows within the linger."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._buffer, timeout_s)
            deadline = time.monotonic() + linger_s
            while self._buffer and len(self._buffer) < limit and (left := deadline - time.monotonic()) > 0:
                self._arrived.wait(left)
        was_full = self._is_full()
        messages = [self._buffer.popleft() for _ in range(min(limit, len(self._buffer)))]
        self._bytes_out += sum(len(message.payload) for message in messages)
        if was_full:
            self._wake()
        return messages

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Tell the broker that these are stored; those of an earlier connection are left to come again."""
        self._acks.extend((message.mid, message.generation) for message in messages)
        self._wake()

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a command, at least once while the connection lasts."""
        self._commands.append((topic, payload))
        self._wake()

    def follow(self, topics: frozenset[str]) -> None:
        """Subscribe to these topics beside the first ones, and leave those no longer named."""
        wanted = self._topics | topics
        if wanted != self._wanted:
            change = (wanted - self._wanted, self._wanted - wanted)
            # In this order: a connection made in between takes the topics whole.
            self._wanted = wanted
            self._changes.append(change)
            if self._thread is not None:
                self._wake()

    @property
    def is_connected(self) -> bool:
        """Tell whether the broker accepted the connection and it still stands."""
        return self._connected

    @property
    def is_subscribed(self) -> bool:
        """Tell whether the broker has answered every subscription of this connection."""
        return self._connected and not self._changes and not self._awaited

    @property
    def buffered(self) -> int:
        """Return how many messages wait to be taken."""
        return len(self._buffer)

    # -- for the thread that owns the client

    def _run(self) -> None:
        pause_s = 0.2
        while not self._stopping.is_set():
            if self._client.socket() is None:
                if self._is_full() or not self._connect():
                    self._stopping.wait(pause_s)
                    pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                    continue
                pause_s = 0.2
            self._turn(0.5)
        self._leave()

    def _connect(self) -> bool:
        options: dict[str, Any] = {}
        if self._address.protocol == MQTTProtocolVersion.MQTTv5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = self._subscription.session_expiry_s
            properties.ReceiveMaximum = min(self._subscription.max_messages, 65_535)
            # Always False: the default wipes the session, and what waits in it, at each start of the process.
            options = {"clean_start": False, "properties": properties}
        try:
            self._client.connect(
                self._address.host, self._address.port, keepalive=self._subscription.keepalive_s, **options
            )
        except (OSError, ValueError) as error:
            self.failures += 1
            log.warning("mqtt.unreachable", error=str(error))
            return False
        return True

    def _turn(self, timeout_s: float) -> None:
        client, sock = self._client, self._client.socket()
        if sock is None:
            return
        self._answer()
        reading = not self._is_full()
        wait = 0.0 if reading and client.has_unread else timeout_s
        readers = [self._wake_r, sock] if reading else [self._wake_r]
        try:
            readable, writable, _ = select.select(readers, [sock] if client.want_write() else [], [], wait)
        except (OSError, ValueError):
            readable, writable = [sock], []
        if self._wake_r in readable:
            with contextlib.suppress(BlockingIOError):
                self._wake_r.recv(4096)
        if sock in readable or (reading and client.has_unread):
            self._read()
        if writable:
            client.loop_write()
        client.loop_misc()

    def _read(self) -> None:
        self._received_at = datetime.now(UTC)
        before = len(self._buffer)
        for _ in range(PACKETS_PER_TURN // PACKETS_AT_ONCE):
            # Looked at often: twenty large messages are still few bytes, five hundred are not.
            if not self._client.read_packets(PACKETS_AT_ONCE) or self._is_full():
                break
        if len(self._buffer) != before or self._buffer:
            with self._arrived:
                self._arrived.notify()

    def _answer(self) -> None:
        client, generation = self._client, self._generation
        for _ in range(len(self._acks)):
            mid, received_in = self._acks.popleft()
            # A broker that lost the session gives the same numbers again: an old one would confirm
            # what was never seen. Number 0 came without a promise (QoS 0).
            if mid and received_in == generation and self._connected:
                client.ack(mid, 1)
        while self._changes and self._connected:
            added, left = self._changes[0]
            self._subscribe(added)
            if left:
                client.unsubscribe([self._filter(topic) for topic in left])
            # Only now: until it is asked for, the subscription does not stand.
            self._changes.popleft()
        while self._commands and self._connected:
            topic, payload = self._commands.popleft()
            client.publish(topic, payload, qos=1)

    def _leave(self) -> None:
        deadline = time.monotonic() + FLUSH_S
        self._answer()
        # The broker reads in turns: without its answer a successor's connection may overtake the last
        # acknowledgements, and what they confirm would come again.
        self._client.ask()
        while (sock := self._client.socket()) is not None and time.monotonic() < deadline:
            if not self._client.want_write() and (not self._client.is_asked or self._is_full()):
                break
            self._client.loop_write()
            if select.select([sock], [], [], 0.01)[0] or self._client.has_unread:
                self._client.read_packets(PACKETS_PER_TURN)
        self._client.disconnect()
        with contextlib.suppress(Exception):
            self._client.loop_write()
        self._changed_connection(connected=False)

    def _is_full(self) -> bool:
        return (
            len(self._buffer) >= self._subscription.max_messages
            or self._bytes_in - self._bytes_out >= self._subscription.max_bytes
        )

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # full: it is awake anyway; closed: nobody waits
            self._wake_w.send(b"\0")

    # -- callbacks, in the same thread

    def _new_client(self) -> LeanClient:
        options = {} if self._address.protocol == MQTTProtocolVersion.MQTTv5 else {"clean_session": False}
        client = LeanClient(
            CallbackAPIVersion.VERSION2,
            client_id=self._subscription.client_id,
            protocol=self._address.protocol,
            manual_ack=True,
            **options,
        )
        self._address.identify(client)
        client.connect_timeout = 5.0
        client.max_inflight_messages_set(100)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_subscribe = self._on_subscribe
        client.on_publication = self._on_publication
        # With a callback here the client queues what it sends and leaves the writing to the loop above.
        client.on_socket_register_write = lambda *arguments: None
        return client

    def _on_connect(self, client: Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self.failures += 1
            log.error("mqtt.refused", reason=str(reason))
            return
        self._changes.clear()
        self._awaited.clear()
        self._subscribe(self._wanted)
        # Only now: whoever saw the connection without what is awaited would take the subscription to stand.
        self._changed_connection(connected=True)
        log.info("mqtt.connected", session_present=flags.session_present, generation=self._generation)

    def _on_subscribe(self, client: Client, userdata: Any, mid: int, reasons: Any, properties: Any) -> None:
        self._awaited.discard(mid)
        refused = [str(reason) for reason in reasons if reason.is_failure]
        log.log(logging.ERROR if refused else logging.INFO, "mqtt.subscribed", refused=refused)

    def _on_disconnect(self, client: Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self.failures += 1
        self._changed_connection(connected=False)
        log.warning("mqtt.disconnected", reason=str(reason))

    def _subscribe(self, topics: frozenset[str]) -> None:
        if topics:
            _, mid = self._client.subscribe([(self._filter(topic), 1) for topic in sorted(topics)])
            if mid is not None:
                self._awaited.add(mid)

    def _filter(self, topic: str) -> str:
        return f"$share/{self._subscription.share}/{topic}" if self._subscription.share else topic

    def _changed_connection(self, *, connected: bool) -> None:
        self._generation += 1
        self._connected = connected

    def _on_message(self, client: Client, userdata: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        self._on_publication(topic, bytes(message.payload), message.mid, message.retain)

    def _on_publication(self, topic: str, payload: bytes, mid: int, retained: bool) -> None:
        self._bytes_in += len(payload)
        self._buffer.append(Message(topic, payload, mid, self._generation, self._received_at, retained))
