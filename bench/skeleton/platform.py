"""The running platform as a measurement sees it: addresses, accounts, and the outsiders' device."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion


@dataclass(frozen=True)
class Platform:
    """What `scripts/up` wrote for outsiders."""

    base_url: str
    mqtt_url: str
    run_dir: Path
    demo: dict[str, Any]

    @classmethod
    def running(cls) -> Platform:
        """Return the platform of this run directory, or leave with a sentence when none runs."""
        run_dir = Path(os.environ["CHABAKA_RUN_DIR"])
        try:
            demo = json.loads((run_dir / "demo.json").read_text())
        except FileNotFoundError:
            sys.exit("No demo is running here: start it with scripts/up --detach")
        return cls(os.environ["BASE_URL"], os.environ["MQTT_URL"], run_dir, demo)

    def account(self, role: str) -> tuple[str, str]:
        """Return the name and password of a demo account."""
        account = self.demo["accounts"][role]
        return account["username"], account["password"]

    def publisher(self, client_id: str) -> mqtt.Client:
        """Return a connected MQTT client that speaks as the outsiders' device."""
        device, broker = self.demo["device"], urlsplit(self.mqtt_url)
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id)
        client.username_pw_set(device["username"], device["password"])
        client.connect(broker.hostname or "127.0.0.1", broker.port or 1883)
        client.loop_start()
        return client
