"""The private services as other programs meet them."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ops import processes
from ops.account import service_account
from ops.rundir import RunDir
from ops.services import ServiceSet
from ops.services.mosquitto import Mosquitto
from tests.factories.platform import MqttClient, open_folder

as_root = os.geteuid() == 0


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    return RunDir(open_folder(tmp_path), service_account())


@pytest.fixture
def no_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "MQTT_URL", "MODBUS_URL", "BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def broker(run: RunDir) -> Iterator[Mosquitto]:
    broker = Mosquitto(run)
    broker.set_accounts({"PL-n1": "one", "PL-n2": "two"})
    broker.start(token="test", supervised=True)
    yield broker
    broker.stop()


@pytest.mark.usefixtures("no_urls")
def test_the_three_services_start_answer_and_leave_nothing(run: RunDir) -> None:
    services = ServiceSet(run, fast=True)
    services.start(token="t-three", supervised=True)
    pids = [service.pid for service in services.private]
    try:
        with psycopg.connect(services.environment()["DATABASE_URL"]) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'"
            ).fetchone()
        assert row == (1,)
        assert all(pids)
        if as_root:
            owners = {Path(f"/proc/{pid}").stat().st_uid for pid in pids}
            assert 0 not in owners
    finally:
        services.stop()
    assert processes.carrying("t-three") == []


@pytest.mark.usefixtures("no_urls")
def test_ports_and_passwords_survive_a_restart_and_files_are_private(run: RunDir) -> None:
    first = ServiceSet(run).environment()
    second = ServiceSet(RunDir(run.path, run.account)).environment()
    ServiceSet(run).write_environment()
    assert first == second
    for name in ("services.env", "secrets.json", "ports.json"):
        assert stat.S_IMODE((run.path / name).stat().st_mode) == 0o600


@pytest.mark.usefixtures("no_urls")
def test_a_service_whose_url_is_set_is_used_instead(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://cache.example:6379/3")
    services = ServiceSet(run)
    assert [service.name for service in services.private] == ["postgres", "mosquitto"]
    assert services.environment()["REDIS_URL"] == "redis://cache.example:6379/3"


def test_a_port_taken_by_somebody_else_is_exchanged(run: RunDir) -> None:
    chosen = run.port("redis")
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", chosen))
        stranger.listen()
        assert run.port("redis") != chosen


def test_a_device_publishes_under_its_own_name_alone(broker: Mosquitto) -> None:
    with MqttClient(broker.port, "PL-n1", "one") as device:
        assert device.publish("telemetry/PL-n1", b"mine") in {"Success", "No matching subscribers"}
        assert device.publish("telemetry/PL-n2", b"not mine") == "Not authorized"


def test_a_device_with_a_wrong_password_and_a_nameless_one_are_refused(broker: Mosquitto) -> None:
    assert MqttClient(broker.port, "PL-n1", "two").connect() == "Not authorized"
    assert MqttClient(broker.port, None, None).connect() == "Not authorized"


def test_the_platform_reads_every_device_and_commands_it(broker: Mosquitto, run: RunDir) -> None:
    with (
        MqttClient(broker.port, "chabaka", run.secret("mosquitto")) as platform,
        MqttClient(broker.port, "PL-n1", "one") as device,
    ):
        platform.subscribe("telemetry/#")
        device.subscribe("telemetry/PL-n1/command")
        device.publish("telemetry/PL-n1", b"reading")
        platform.publish("telemetry/PL-n1/command", b"resend")
        assert device.next_message() == ("telemetry/PL-n1/command", b"resend")
        assert platform.next_message() == ("telemetry/PL-n1", b"reading")


def test_new_accounts_are_known_at_once_and_queued_messages_are_kept(broker: Mosquitto, run: RunDir) -> None:
    with MqttClient(broker.port, "chabaka", run.secret("mosquitto"), session="ingest") as platform:
        platform.subscribe("telemetry/#")
    with MqttClient(broker.port, "PL-n1", "one") as device:
        device.publish("telemetry/PL-n1", b"while nobody listened")
    done = subprocess.run(
        ["scripts/services", "mqtt-accounts"],
        input="PL-n1,one\noutside-1,fresh\n",
        text=True,
        env=os.environ | {"CHABAKA_RUN_DIR": str(run.path)},
        check=False,
    )
    assert done.returncode == 0
    assert MqttClient(broker.port, "outside-1", "fresh").connect() == "Success"
    assert MqttClient(broker.port, "PL-n2", "two").connect() == "Not authorized"
    with MqttClient(broker.port, "chabaka", run.secret("mosquitto"), session="ingest") as platform:
        assert platform.next_message() == ("telemetry/PL-n1", b"while nobody listened")


def test_the_same_accounts_again_leave_the_broker_alone(broker: Mosquitto) -> None:
    assert not broker.set_accounts({"PL-n1": "one", "PL-n2": "two"})
    assert broker.set_accounts({"PL-n1": "one", "PL-n2": "another"})


def test_accounts_can_change_while_devices_with_sessions_are_away(broker: Mosquitto, run: RunDir) -> None:
    for number in range(40):
        with MqttClient(broker.port, "PL-n1", "one", session=f"away-{number}") as device:
            device.subscribe("telemetry/PL-n1/command")
    for round_ in range(3):
        done = subprocess.run(
            ["scripts/services", "mqtt-accounts"],
            input=f"PL-n1,changed-{round_}\n",
            text=True,
            env=os.environ | {"CHABAKA_RUN_DIR": str(run.path)},
            check=False,
        )
        assert done.returncode == 0
        assert MqttClient(broker.port, "PL-n1", f"changed-{round_}").connect() == "Success"


def test_data_survives_a_restart(run: RunDir, no_urls: None) -> None:
    services = ServiceSet(run, fast=True)
    services.start(token="t-data", supervised=True)
    url = services.environment()["DATABASE_URL"]
    try:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS value")
        services.stop()
        services.start(token="t-data", supervised=True)
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT value FROM kept").fetchone() == (1,)
    finally:
        services.stop()
