"""Hear one message of a topic for someone who waits: the retained one, or the next."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from telemetry.adapters.mqtt.address import Address
from telemetry.ports import Message

LONGEST_S = 10.0


def listen_once(url: str, topic: str, *, wait_s: float = 4.0) -> Message | None:
    """Return the retained message of a topic filter or the first that comes, or None. Leaves no session.

    Raises:
        OSError: the broker cannot be reached.
    """
    address = Address.of(url)
    heard: list[Message] = []
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=f"chabaka-preview-{secrets.token_hex(6)}",
        protocol=address.protocol,
    )
    address.identify(client)
    client.connect_timeout = 3.0

    def connected(client: Client, *_: Any) -> None:
        client.subscribe(topic, qos=0)

    def arrived(_client: Client, _user: Any, message: MQTTMessage) -> None:
        try:
            heard.append(Message(message.topic, bytes(message.payload), 0, 0, datetime.now(UTC)))
        except UnicodeDecodeError:
            return

    client.on_connect, client.on_message = connected, arrived
    client.connect(address.host, address.port, keepalive=20)
    deadline = time.monotonic() + min(wait_s, LONGEST_S)
    try:
        while not heard and (left := deadline - time.monotonic()) > 0:
            client.loop(min(left, 0.5))
    finally:
        client.disconnect()
        client.loop(0.1)
    return heard[0] if heard else None
