"""What the platform writes for Mosquitto holds each device to its own topics, on a real broker."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from django.core.management import CommandError, call_command

from telemetry.adapters.mqtt import MqttSource, Subscription
from telemetry.domain.access import read_password_file
from telemetry.models import Device
from tests.factories import telemetry as factory
from tests.integration.telemetry.support import Broker, wait_until
from tests.integration.telemetry.test_mapped_ingest import family

pytestmark = pytest.mark.django_db


@pytest.fixture
def guarded(tmp_path: Path, settings: Any) -> Iterator[Broker]:
    """Run a Mosquitto that asks for what the command writes: PL-1 of a vendor's family, PL-2, RTUs."""
    family()
    factory.device("PL-1", family="lora")
    factory.device("PL-2")
    factory.device("RTU-1", protocol="sparkplug", edge="berkane/rtu-1")
    factory.device("RTU-9", protocol="sparkplug", edge="oujda/rtu-1")
    factory.device("PUMP-2", protocol="sparkplug", edge="berkane/rtu-2/pump")
    folder = tmp_path / "access"
    settings.MQTT_URL = "mqtt://ingester:its-own@127.0.0.1"
    call_command("write_mosquitto_access", directory=folder)
    access = f"allow_anonymous false\npassword_file {folder}/passwords\nacl_file {folder}/acl"
    broker = Broker(tmp_path, access)
    broker.start()
    yield broker
    broker.kill()


def passwords(tmp_path: Path) -> dict[str, str]:
    return read_password_file((tmp_path / "access" / "new-passwords").read_text())


def publish(broker: Broker, name: str, password: str, topic: str) -> str:
    """Publish as a device and return what the broker says of it."""
    said: list[str] = []
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.username_pw_set(name, password)
    client.on_connect = lambda c, u, f, reason, p: (
        said.append(str(reason)) if reason.is_failure else client.publish(topic, b"x", qos=1)
    )
    client.on_publish = lambda c, u, m, reason, p: said.append(str(reason))
    client.connect("127.0.0.1", broker.port)
    while not said:
        client.loop(0.2)
    client.disconnect()
    return said[0]


def test_a_device_publishes_as_itself_and_as_nobody_else(guarded: Broker, tmp_path: Path) -> None:
    known = passwords(tmp_path)
    assert known.keys() == {"PL-1", "PL-2", "berkane/rtu-1", "berkane/rtu-2", "oujda/rtu-1"}
    own = ("telemetry/PL-1", "application/7/device/PL-1/event/up")
    others = ("telemetry/PL-2", "application/7/device/PL-2/event/up", "telemetry/PL-1/command", "spBv1.0/a")
    for topic in own:
        assert publish(guarded, "PL-1", known["PL-1"], topic) in {"Success", "No matching subscribers"}
    for topic in others:
        assert publish(guarded, "PL-1", known["PL-1"], topic) == "Not authorized", topic
    assert publish(guarded, "PL-2", known["PL-2"], own[1]) == "Not authorized"
    assert publish(guarded, "PL-2", known["PL-1"], "telemetry/PL-2") == "Not authorized"


def test_a_device_hears_its_own_commands_and_nobody_elses(guarded: Broker, tmp_path: Path) -> None:
    heard: list[str] = []
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.username_pw_set("PL-2", passwords(tmp_path)["PL-2"])
    client.on_connect = lambda c, *_: c.subscribe([("#", 1), ("telemetry/PL-1/command", 1)])
    client.on_subscribe = lambda *_: heard.append("subscribed")
    client.on_message = lambda _c, _u, message: heard.append(message.topic)
    client.connect("127.0.0.1", guarded.port)
    while not heard:
        client.loop(0.2)
    for topic in ("telemetry/PL-1/command", "telemetry/PL-2/command"):
        assert publish(guarded, "ingester", "its-own", topic) == "Success"
    while len(heard) < 2:
        client.loop(0.2)
    client.disconnect()
    assert heard == ["subscribed", "telemetry/PL-2/command"]


def test_an_edge_node_speaks_for_itself_and_its_devices_and_commands_nobody(
    guarded: Broker, tmp_path: Path
) -> None:
    known = passwords(tmp_path)
    own = ("NBIRTH/rtu-1", "NDATA/rtu-1", "NDEATH/rtu-1", "DBIRTH/rtu-1/pump", "DDATA/rtu-1/pump")
    others = ("NDATA/rtu-2", "DDATA/rtu-2/pump", "NCMD/rtu-1", "NCMD/rtu-2", "NDATA/rtu-1/pump/more")
    for place in own:
        said = publish(guarded, "berkane/rtu-1", known["berkane/rtu-1"], f"spBv1.0/berkane/{place}")
        assert said in {"Success", "No matching subscribers"}, place
    for topic in (
        *(f"spBv1.0/berkane/{place}" for place in others),
        "spBv1.0/oujda/NDATA/rtu-1",
        "spBv1.0/STATE/chabaka",
        "telemetry/PL-1",
    ):
        assert publish(guarded, "berkane/rtu-1", known["berkane/rtu-1"], topic) == "Not authorized", topic


@pytest.mark.parametrize("edge", ["berkane/rtu:3", "berkane\nuser chabaka/rtu-3", "berkane/rtu\t3"])
def test_a_name_that_would_write_more_than_its_own_line_is_refused(edge: str, tmp_path: Path) -> None:
    factory.device("RTU-3", protocol="sparkplug", edge=edge)
    with pytest.raises(CommandError):
        call_command("write_mosquitto_access", directory=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_platform_hears_every_family(guarded: Broker, tmp_path: Path) -> None:
    url = f"mqtt://ingester:its-own@127.0.0.1:{guarded.port}"
    source = MqttSource(Subscription(url, "ingester"))
    source.follow(frozenset({"application/+/device/+/event/up"}))
    source.start()
    try:
        wait_until(lambda: source.is_subscribed)
        publish(guarded, "PL-1", passwords(tmp_path)["PL-1"], "application/7/device/PL-1/event/up")
        wait_until(lambda: source.buffered)
    finally:
        source.stop()


def test_a_rotated_password_counts_after_the_reload_and_the_others_stay(
    guarded: Broker, tmp_path: Path
) -> None:
    before = passwords(tmp_path)
    factory.device("PL-3")
    call_command("write_mosquitto_access", directory=tmp_path / "access", rotate=["PL-1"])
    after = passwords(tmp_path)
    assert after.keys() == {"PL-1", "PL-3"}
    guarded.reload()
    wait_until(lambda: publish(guarded, "PL-1", after["PL-1"], "telemetry/PL-1") != "Not authorized")
    assert publish(guarded, "PL-1", before["PL-1"], "telemetry/PL-1") == "Not authorized"
    assert publish(guarded, "PL-2", before["PL-2"], "telemetry/PL-2") != "Not authorized"
    Device.objects.filter(code="PL-2").update(active=False)
    call_command("write_mosquitto_access", directory=tmp_path / "access")
    assert "PL-2" not in (tmp_path / "access" / "passwords").read_text()


def test_files_stay_with_whom_they_were_given_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "fchown", lambda _file, user, group: given.append((user, group)))
    for _ in range(2):
        call_command("write_mosquitto_access", directory=tmp_path)
    assert given == [(os.getuid(), os.getgid())] * 2


def test_files_are_for_their_owner_and_hashes_are_mosquittos(guarded: Broker, tmp_path: Path) -> None:
    folder = tmp_path / "access"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    subprocess.run(["mosquitto_passwd", "-b", str(folder / "passwords"), "other", "word"], check=True)
    shapes = {
        tuple(map(len, line.partition(":")[2].split("$")))
        for line in (folder / "passwords").read_text().splitlines()
    }
    assert len(shapes) == 1
    with pytest.raises(CommandError):
        call_command("write_mosquitto_access", directory=folder, rotate=["nobody"])
