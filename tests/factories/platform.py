"""What the platform's own tests need: folders that services may enter, and a small MQTT client."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


def open_folder(path: Path) -> Path:
    """Let other accounts pass through a temporary folder of pytest's."""
    for folder in (path, *path.parents[:3]):
        if folder.stat().st_uid == path.stat().st_uid and folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o011)
    return path


class MqttClient:
    """A blocking MQTT 5 client that tells the broker's own words."""

    def __init__(self, port: int, username: str | None, password: str | None, session: str = "") -> None:
        self._port = port
        self._session = session
        self._answers: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._reason = ""
        self._event = threading.Event()
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, session, protocol=mqtt.MQTTv5)
        self._client.username_pw_set(username, password) if username else None
        self._client.on_connect = lambda c, u, f, reason, p: self._heard(reason)
        self._client.on_publish = lambda c, u, mid, reason, p: self._heard(reason)
        self._client.on_subscribe = lambda c, u, mid, reasons, p: self._heard(reasons[0])
        self._client.on_message = lambda c, u, m: self._answers.put((m.topic, m.payload))

    def connect(self) -> str:
        """Connect, disconnect, and return the broker's reason."""
        with self:
            return self._reason

    def publish(self, topic: str, payload: bytes) -> str:
        """Publish at QoS 1 and return the reason of the acknowledgement."""
        self._event.clear()
        self._client.publish(topic, payload, qos=1)
        return self._await()

    def subscribe(self, topic: str) -> str:
        """Subscribe at QoS 1."""
        self._event.clear()
        self._client.subscribe(topic, qos=1)
        return self._await()

    def next_message(self) -> tuple[str, bytes]:
        """Return the next message as (topic, payload)."""
        return self._answers.get(timeout=5)

    def __enter__(self) -> MqttClient:
        lasting = Properties(PacketTypes.CONNECT)
        if self._session:
            lasting.SessionExpiryInterval = 3600
        self._client.connect("127.0.0.1", self._port, clean_start=not self._session, properties=lasting)
        self._client.loop_start()
        self._await()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _heard(self, reason: Any) -> None:
        self._reason = str(reason)
        self._event.set()

    def _await(self) -> str:
        assert self._event.wait(5), "the broker did not answer"
        return self._reason
