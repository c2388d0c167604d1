"""The MQTT client with a read path of its own: large reads, and publications taken apart without objects.

The library asks the system for one byte at a time and builds property objects for every message; two thirds
of an ingester's time went there. Everything but QoS 1 publications still goes through the library.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion

READ_BYTES = 262_144


class LeanClient(Client):
    """A client whose socket is read in large pieces and whose QoS 1 messages go to `on_publication`."""

    on_publication: Callable[[str, bytes, int, bool], None]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._unread = b""
        self._position = 0
        self._handled = 0

    @property
    def has_unread(self) -> bool:
        """Tell whether bytes were read that no packet has used yet, by us or by the encryption below."""
        if self._position < len(self._unread):
            return True
        pending = getattr(self._sock, "pending", None)
        return pending is not None and pending() > 0

    def read_packets(self, limit: int) -> bool:
        """Handle the packets that are there, at most `limit`, without waiting; tell if it was that many."""
        for _ in range(limit):
            before = self._handled
            if self.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS or self._handled == before:
                return False
        return True

    def ask(self) -> None:
        """Ask the broker for a sign of life: it answers after everything sent before."""
        self._send_pingreq()

    @property
    def is_asked(self) -> bool:
        """Tell whether the broker still owes that answer."""
        return self._ping_t > 0

    def reconnect(self) -> MQTTErrorCode:
        """Forget what the last connection left half read, then connect."""
        self._unread, self._position = b"", 0
        return super().reconnect()

    def _sock_recv(self, bufsize: int) -> bytes:
        if self._position >= len(self._unread):
            self._unread = super()._sock_recv(READ_BYTES)
            self._position = 0
        piece = self._unread[self._position : self._position + bufsize]
        self._position += len(piece)
        return piece

    def _packet_handle(self) -> MQTTErrorCode:
        self._handled += 1
        return super()._packet_handle()

    def _handle_publish(self) -> MQTTErrorCode:
        command, packet = self._in_packet["command"], self._in_packet["packet"]
        if command & 0x06 != 0x02:
            return super()._handle_publish()
        end = 2 + int.from_bytes(packet[:2], "big")
        try:
            topic = packet[2:end].decode()
        except UnicodeDecodeError:
            topic = ""
        body = end + 2
        length = 0
        if self._protocol == MQTTProtocolVersion.MQTTv5:
            length, body = _variable_length(packet, body)
        mid = int.from_bytes(packet[end : end + 2], "big")
        self.on_publication(topic, bytes(packet[body + length :]), mid, bool(command & 0x01))
        return MQTTErrorCode.MQTT_ERR_SUCCESS


def _variable_length(packet: bytes | bytearray, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = packet[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
