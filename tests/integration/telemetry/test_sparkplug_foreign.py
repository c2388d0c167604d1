"""An independent edge node from PyPI, in an environment of its own, against the host application."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.models import LatestReading, Reading, SparkplugEdge
from tests.factories import telemetry as factory
from tests.integration.telemetry.support import Broker, Worker, wait_until
from tests.unit.telemetry.sparkplug.test_recorded import FIRST, LAST

SCRIPT = Path(__file__).with_name("pysparkplug_edge.py")

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


class ForeignEdge:
    """The script, one line of input for each step."""

    def __init__(self, python: Path, port: int) -> None:
        pipe = subprocess.PIPE
        command = [str(python), "-W", "ignore", str(SCRIPT), str(port)]
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)

    def says(self, word: str) -> None:
        assert self.process.stdout
        assert self.process.stdout.readline().strip() == word

    def go_on(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()


@pytest.fixture(scope="module")
def foreign_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install pysparkplug, whose MQTT client is older than ours, where nothing of ours is."""
    folder = tmp_path_factory.mktemp("pysparkplug")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    packages = ["pysparkplug==0.6.0", "paho-mqtt<2"]
    subprocess.run([str(python), "-m", "pip", "install", "-q", *packages], check=True)
    return python


@pytest.fixture
def edge(foreign_python: Path, broker: Broker) -> Iterator[ForeignEdge]:
    edge = ForeignEdge(foreign_python, broker.port)
    yield edge
    edge.process.kill()
    edge.process.communicate()


def test_the_whole_life_of_a_foreign_edge_node_is_stored(broker: Broker, edge: ForeignEdge) -> None:
    node = factory.device("EDGE-1", protocol="sparkplug", edge="outside/edge-1")
    for name in FIRST:
        factory.sensor(node, name, "other", "1", field=name)
    pump = factory.device("PUMP", protocol="sparkplug", edge="outside/edge-1/pump")
    factory.sensor(pump, "speed", "other", "1/min", field="speed")
    host = Worker("host_sparkplug", MQTT_URL=broker.url)
    try:
        edge.says("connected")
        host.start()
        wait_until(lambda: host.says("sparkplug.rebirth_asked"), 90)
        edge.go_on()
        edge.says("updated")
        edge.says("reborn")
        wait_until(lambda: latest() | LAST == latest() and latest())
        wait_until(lambda: SparkplugEdge.objects.filter(path="outside/edge-1", online=True).exists())
        edge.go_on()
        edge.go_on()
        wait_until(lambda: set(LatestReading.objects.values_list("quality", flat=True)) == {500})
        assert edge.process.wait(20) == 0
        assert Reading.objects.filter(sensor__code="EDGE-1.int8", value=-128).exists()
        assert host.stop() == 0
    finally:
        host.remove()


def latest() -> dict[str, float | None]:
    return dict(
        LatestReading.objects.filter(sensor__device__code="EDGE-1").values_list("sensor__key", "value")
    )
