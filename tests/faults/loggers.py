"""Loggers that keep what they sent, send it again when asked, and remember what the broker acknowledged."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from tests.faults.plant import Plant, wait_until

STEP = timedelta(milliseconds=1)


class Logger:
    """One device: number `n` holds the value `value(n)` at `n` milliseconds after its start."""

    def __init__(self, code: str, password: str, port: int, *, value: Callable[[int], float] = float) -> None:
        self.code = code
        self.value = value
        self.start = datetime.now(UTC) - timedelta(minutes=5)
        self.sent = 0
        self.resends = 0
        self._numbers: dict[int, int] = {}
        self._confirmed: set[int] = set()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, code, protocol=mqtt.MQTTv5)
        self._client.username_pw_set(code, password)
        self._client.max_inflight_messages_set(500)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = self._on_connect
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message
        lasting = Properties(PacketTypes.CONNECT)
        lasting.SessionExpiryInterval = 3600
        self._client.connect("127.0.0.1", port, clean_start=False, properties=lasting)
        self._client.loop_start()
        wait_until(self._client.is_connected)

    @property
    def acknowledged(self) -> set[int]:
        """The numbers that the broker said it has."""
        return {self._numbers[mid] for mid in self._confirmed.copy() if mid in self._numbers}

    def item(self, seq: int) -> bytes:
        at = (self.start + seq * STEP).isoformat()
        return json.dumps({"seq": seq, "ts": at, "values": {"pressure_kpa": self.value(seq)}}).encode()

    def publish(self, count: int) -> None:
        """Publish the next numbers."""
        for seq in range(self.sent, self.sent + count):
            self._numbers[self._send(self.item(seq))] = seq
        self.sent += count

    def publish_raw(self, payload: bytes, topic: str = "") -> None:
        """Publish anything, under its own topic unless told otherwise."""
        self._client.publish(topic or f"telemetry/{self.code}", payload, qos=1)

    def send_again(self, first: int, last: int) -> None:
        for seq in range(first, min(last, self.sent - 1) + 1):
            self._send(self.item(seq))
            self.resends += 1

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _send(self, payload: bytes) -> int:
        return self._client.publish(f"telemetry/{self.code}", payload, qos=1).mid

    def _on_connect(self, client: mqtt.Client, *_rest: object) -> None:
        client.subscribe(f"telemetry/{self.code}/command", qos=1)

    def _on_publish(self, _c: object, _user: object, mid: int, reason: ReasonCode, _p: object) -> None:
        if not reason.is_failure:
            self._confirmed.add(mid)

    def _on_message(self, _client: object, _user: object, message: mqtt.MQTTMessage) -> None:
        asked = json.loads(message.payload)["resend"]
        self.send_again(asked["from"], asked["to"])


class Loggers:
    """Several loggers publishing side by side, and the oracle over them."""

    def __init__(self, plant: Plant, members: Iterable[Logger]) -> None:
        self._plant = plant
        self.members = list(members)

    @property
    def codes(self) -> list[str]:
        return [logger.code for logger in self.members]

    def publish(self, count: int, *, at_once: int = 50, pause_s: float = 0.0) -> None:
        """Publish `count` numbers each, in turns."""
        for begin in range(0, count, at_once):
            for logger in self.members:
                logger.publish(min(at_once, count - begin))
            time.sleep(pause_s)

    def all_stored(self) -> bool:
        """Tell whether the database holds as many numbers as were sent; `check` says whether the same."""
        return self._plant.count(self.codes) >= sum(one.sent for one in self.members)

    def settle(self, *, timeout_s: float = 600.0) -> float:
        """Publish a little more, wait until the database equals the log, and return the seconds it took.

        Every number sent stands there once, with its value; nothing acknowledged is missing, no gap stays
        open, nothing contradicts, and the latest value is the last one.
        """
        began = time.monotonic()
        self.publish(2)
        wait_until(self.all_stored, timeout_s, every_s=0.2)
        took = time.monotonic() - began
        self.check()
        return took

    def check(self) -> None:
        """Hold the database against the log."""
        stored = self._plant.stored(self.codes)
        acknowledged = {(one.code, seq) for one in self.members for seq in one.acknowledged}
        assert acknowledged <= stored.keys()
        numbers = [(one, seq) for one in self.members for seq in range(one.sent)]
        assert stored == {(one.code, seq): [one.value(seq)] for one, seq in numbers}
        wait_until(lambda: not self._open_gaps())
        assert self._contradictions() == 0
        newest = dict(
            self._plant.ask(
                "SELECT device.code, latest.value FROM telemetry_latestreading AS latest"
                " JOIN telemetry_sensor AS sensor ON sensor.id = latest.sensor_id"
                " JOIN telemetry_device AS device ON device.id = sensor.device_id"
                " WHERE device.code = ANY(%s)",
                self.codes,
            )
        )
        assert newest == {one.code: one.value(one.sent - 1) for one in self.members}

    def close(self) -> None:
        for logger in self.members:
            logger.close()

    def _open_gaps(self) -> int:
        ((count,),) = self._plant.ask(
            "SELECT count(*) FROM telemetry_sequencegap AS gap JOIN telemetry_device AS device"
            " ON device.id = gap.device_id WHERE device.code = ANY(%s) AND filled_at IS NULL",
            self.codes,
        )
        return int(count)

    def _contradictions(self) -> int:
        ((count,),) = self._plant.ask(
            "SELECT count(*) FROM telemetry_readingconflict AS conflict JOIN telemetry_sensor AS sensor"
            " ON sensor.id = sensor_id JOIN telemetry_device AS device ON device.id = sensor.device_id"
            " WHERE device.code = ANY(%s)",
            self.codes,
        )
        return int(count)
