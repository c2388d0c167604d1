"""The Sparkplug host application as a process, with a real broker and edge nodes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.publish as mqtt_publish
import pytest

from telemetry.adapters.mqtt import SparkplugLink
from telemetry.domain.sparkplug import asking
from telemetry.models import LatestReading, Reading, SparkplugEdge
from telemetry.services.sparkplug import NewDevice, NewSensor, SparkplugHost, adopt_edge
from tests.factories import telemetry as factory
from tests.integration.telemetry.sparkplug_support import LiveEdge, kept_state, listening
from tests.integration.telemetry.support import Broker, Worker, encrypted_url, wait_until

STATE = "spBv1.0/STATE/chabaka"


@pytest.fixture
def link(broker: Broker) -> Iterator[SparkplugLink]:
    link = SparkplugLink(broker.url, host_id="chabaka")
    link.start()
    wait_until(lambda: link.is_online)
    yield link
    link.stop()


class Host:
    """The host application in a thread of the test."""

    def __init__(self, broker: Broker) -> None:
        self._url = broker.url

    def start(self) -> None:
        self._stopping = threading.Event()
        link = SparkplugLink(self._url, host_id="chabaka")
        host = SparkplugHost(link, stopping=self._stopping, reorder_s=0.3)
        self._thread = threading.Thread(target=host.run)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(30)


@pytest.fixture
def host(broker: Broker) -> Iterator[Host]:
    host = Host(broker)
    yield host
    host.stop()


@pytest.fixture
def edge(broker: Broker) -> Iterator[LiveEdge]:
    edge = LiveEdge(broker)
    yield edge
    edge.close()


def latest() -> LatestReading | None:
    return LatestReading.objects.filter(sensor__code="RTU-1.flow_l_s").first()


def is_now(value: float | None, *, stale: bool = False) -> bool:
    found = latest()
    return found is not None and (found.value, found.stale) == (value, stale)


def test_the_host_says_that_it_is_there_and_goes_with_the_time_of_each(
    broker: Broker, link: SparkplugLink
) -> None:
    born = kept_state(broker, STATE)
    assert born["online"] is True
    with listening(broker, STATE) as states:
        wait_until(lambda: states.heard)
        link.stop()
        wait_until(lambda: len(states.heard) > 1)
    (gone, _) = states.heard[1]
    assert gone["online"] is False
    assert gone["timestamp"] >= born["timestamp"]
    assert kept_state(broker, STATE) == gone


def test_a_host_that_is_said_to_be_gone_says_with_the_same_time_that_it_is_there(
    broker: Broker, link: SparkplugLink
) -> None:
    born = kept_state(broker, STATE)
    old = json.dumps({"online": False, "timestamp": born["timestamp"] - 9})
    with listening(broker, STATE) as states:
        wait_until(lambda: states.heard)
        mqtt_publish.single(STATE, old, qos=1, retain=True, hostname="127.0.0.1", port=broker.port)
        wait_until(lambda: len(states.heard) > 2)
    assert [state["online"] for state, _ in states.heard] == [True, False, True]
    assert states.heard[2][0] == born


def test_the_will_of_a_killed_host_carries_the_time_of_its_birth(broker: Broker, link: SparkplugLink) -> None:
    born = kept_state(broker, STATE)
    assert link._client is not None
    sock = link._client.socket()
    assert sock is not None
    with listening(broker, STATE) as states:
        wait_until(lambda: states.heard)
        sock.shutdown(2)
        wait_until(lambda: len(states.heard) > 2)
    gone, again = states.heard[1][0], states.heard[2][0]
    assert gone == {"online": False, "timestamp": born["timestamp"]}
    assert again["online"] is True
    assert again["timestamp"] > born["timestamp"]


@pytest.mark.filterwarnings(
    # The library leaves a connection whose handshake failed to the garbage collector.
    "ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_the_host_speaks_encrypted_with_an_authority_and_a_certificate_of_its_own(
    version: str, encrypted: Broker, certificates: Path
) -> None:
    url = encrypted_url(encrypted, certificates)
    link = SparkplugLink(f"{url}&version={version}", host_id="chabaka")
    link.start()
    wait_until(lambda: link.is_online)
    link.stop()
    stranger = SparkplugLink(url.replace("/ca.pem", "/stranger.pem"), host_id="chabaka")
    stranger.start()
    wait_until(lambda: stranger.failures)
    assert not stranger.is_online
    stranger.stop()


@pytest.mark.django_db(transaction=True)
def test_a_host_asks_stores_sees_gaps_and_deaths_and_asks_again_when_it_comes_back(
    broker: Broker, edge: LiveEdge, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "FIRST_PAUSE_S", 0.2)
    device = factory.device("RTU-1", protocol="sparkplug", edge="berkane/rtu-1")
    factory.sensor(device, "flow_l_s", "flow", "L/s", field="flow")
    host.start()
    wait_until(lambda: is_now(1.0))
    assert edge.asked == 1
    for value in range(2, 300):
        edge.send(float(value))
    wait_until(lambda: is_now(299.0))
    assert edge.asked == 1
    edge.lose(300.0)
    edge.send(301.0)
    wait_until(lambda: edge.asked == 2)
    wait_until(lambda: is_now(301.0))
    values = set(Reading.objects.values_list("value", flat=True))
    assert values == {*map(float, range(1, 300)), 301.0}
    host.stop()
    host.start()
    wait_until(lambda: edge.asked == 3)
    edge.send(302.0)
    wait_until(lambda: is_now(302.0))
    edge.vanish()
    wait_until(lambda: is_now(None, stale=True))
    assert latest().reason == "node_death"  # type: ignore[union-attr]
    host.stop()
    assert kept_state(broker, STATE)["online"] is False


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_an_edge_node_taken_in_is_asked_for_its_values_at_once_and_a_second_host_waits(
    broker: Broker, edge: LiveEdge
) -> None:
    first, second = (Worker("host_sparkplug", MQTT_URL=broker.url) for _ in range(2))
    try:
        first.start()
        wait_until(lambda: first.says("sparkplug.online"), 90)
        second.start()
        edge.birth()
        wait_until(lambda: SparkplugEdge.objects.filter(path="berkane/rtu-1", online=True).exists())
        adopt_edge(
            path="berkane/rtu-1",
            wanted=NewDevice("RTU-1", sensors=[NewSensor("flow", "flow_l_s", "flow", "L/s")]),
        )
        wait_until(lambda: is_now(1.0))
        wait_until(lambda: second.says("sparkplug.standby"), 90)
        first.kill()
        wait_until(lambda: second.says("sparkplug.online"))
        edge.send(7.0)
        wait_until(lambda: is_now(7.0))
        assert second.stop() == 0
    finally:
        first.remove()
        second.remove()
