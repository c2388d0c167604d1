"""A broker, an ingester and devices of their own for one test: real processes that can be killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from django.db import connection

from ops.rundir import free_port

ROOT = Path(__file__).resolve().parents[3]


def wait_until(condition: Callable[[], Any], timeout_s: float = 40.0) -> Any:
    """Return the first true answer of `condition`, or fail."""
    deadline = time.monotonic() + timeout_s
    while not (answer := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
    return answer


class Broker:
    """A Mosquitto of its own on a free port, open to anyone on loopback unless told otherwise."""

    def __init__(self, folder: Path, access: str = "allow_anonymous true") -> None:
        self.port = free_port()
        self._file = folder / "mosquitto.conf"
        self._file.write_text(
            f"listener {self.port} 127.0.0.1\n{access}\nuser root\n"
            "max_inflight_messages 0\nmax_queued_messages 0\nlog_type error\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen(["mosquitto", "-c", str(self._file)], stderr=subprocess.DEVNULL)
        wait_until(self._answers)

    def kill(self) -> None:
        assert self._process
        self._process.kill()
        self._process.wait()

    def reload(self) -> None:
        """Let it read its access files again."""
        assert self._process
        self._process.send_signal(signal.SIGHUP)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def encrypted_url(broker: Broker, certificates: Path) -> str:
    """Return the address of a broker that asks for a certificate, with the ingester's own."""
    own = f"cert={certificates}/ingester.pem&key={certificates}/ingester.key"
    return f"mqtts://127.0.0.1:{broker.port}?ca={certificates}/ca.pem&{own}"


class Worker:
    """A management command run as a process against the test's database."""

    def __init__(self, *command: str, **environment: str) -> None:
        settings = connection.settings_dict
        address = f"{settings['USER']}:{settings['PASSWORD']}@{settings['HOST']}:{settings['PORT']}"
        self._environment = (
            os.environ | {"DATABASE_URL": f"postgres://{address}/{settings['NAME']}"} | environment
        )
        self._command = [sys.executable, "manage.py", *command]
        self._process: subprocess.Popen[bytes] | None = None
        self._log = Path(tempfile.mkstemp(prefix="chabaka-worker-", suffix=".log")[1])

    def remove(self) -> None:
        """Leave nothing of it behind."""
        if self._process is not None:
            self.kill()
        self._log.unlink(missing_ok=True)

    def start(self) -> Worker:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )
        return self

    def says(self, text: str, *, times: int = 1) -> bool:
        """Tell whether it wrote this to its log since it was last started."""
        return self._log.read_text(errors="replace").count(text) >= times

    def start_listening(self) -> None:
        """Start an ingester and wait until the broker has its subscription."""
        self.start()
        wait_until(lambda: self.says("mqtt.subscribed"), 90)

    def stop(self) -> int:
        """Ask it to end and return its status."""
        assert self._process
        self._process.terminate()
        return self._process.wait(15)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()


class Field:
    """Devices that publish with sequence numbers and remember what the broker acknowledged."""

    def __init__(self, broker: Broker, *, tls: Path | None = None) -> None:
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self._sent: dict[int, tuple[str, int]] = {}
        self._confirmed: set[int] = set()
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        self._client.max_inflight_messages_set(1000)
        self._client.on_publish = self._on_publish
        self._client.on_message = lambda c, u, m: self.commands.append((m.topic, json.loads(m.payload)))
        if tls:
            self._client.tls_set(str(tls / "ca.pem"), str(tls / "ingester.pem"), str(tls / "ingester.key"))
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        # What the library is given before the broker answers may wait for ever.
        wait_until(self._client.is_connected)

    def publish(self, device: str, seq: int, *, at: datetime | None = None, **values: float) -> None:
        instant = (at or datetime.now(UTC)).isoformat()
        item = {"seq": seq, "ts": instant, "values": values or {"pressure_kpa": 400 + seq}}
        mid = self.publish_raw(f"telemetry/{device}", json.dumps(item).encode())
        self._sent[mid] = (device, seq)

    def publish_raw(self, topic: str, payload: bytes) -> int:
        """Publish and return the message's number."""
        return self._client.publish(topic, payload, qos=1).mid

    def retain(self, topic: str, payload: bytes) -> None:
        """Leave a message with the broker for whoever subscribes."""
        self._client.publish(topic, payload, qos=1, retain=True).wait_for_publish(10)

    def listen(self, device: str) -> None:
        """Hear the commands to a device."""
        self._client.subscribe(f"telemetry/{device}/command", qos=1)

    @property
    def acknowledged(self) -> set[tuple[str, int]]:
        return {self._sent[mid] for mid in self._confirmed.copy() if mid in self._sent}

    def all_acknowledged(self) -> bool:
        return self._confirmed.issuperset(self._sent)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_publish(self, client: Any, userdata: Any, mid: int, reason: Any, properties: Any) -> None:
        if not reason.is_failure:
            self._confirmed.add(mid)
