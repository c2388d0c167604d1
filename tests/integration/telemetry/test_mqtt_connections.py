"""Versions, encryption and shared groups of the MQTT adapter, each with a real broker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from telemetry.adapters.mqtt import MqttSource, Subscription, listen_once
from telemetry.adapters.mqtt.address import Address
from telemetry.ports import Message
from tests.integration.telemetry.support import Broker, Field, encrypted_url, wait_until


@contextmanager
def listening(url: str, client_id: str = "source-under-test", share: str = "") -> Iterator[MqttSource]:
    """Run a source whose subscription stands."""
    source = MqttSource(Subscription(url, client_id, share=share))
    source.start()
    try:
        wait_until(lambda: source.is_subscribed)
        yield source
    finally:
        source.stop()


def take(source: MqttSource, count: int) -> list[Message]:
    messages: list[Message] = []
    wait_until(
        lambda: messages.extend(source.take(limit=500, linger_s=0, timeout_s=0.2)) or len(messages) >= count
    )
    return messages


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_session_is_kept_and_acknowledged_in_either_version(
    broker: Broker, field: Field, version: str
) -> None:
    url = f"{broker.url}?version={version}"
    with listening(url) as source:
        for number in range(20):
            field.publish_raw("telemetry/PL-1", str(number).encode())
        source.acknowledge(take(source, 20)[:15])
    for number in range(20, 25):
        field.publish_raw("telemetry/PL-1", str(number).encode())
    wait_until(field.all_acknowledged)
    with listening(url) as source:
        assert [int(message.payload) for message in take(source, 10)] == list(range(15, 25))


def test_topics_of_families_are_followed_while_it_runs(broker: Broker, field: Field) -> None:
    with listening(broker.url) as source:
        source.follow(frozenset({"vendor/+/up"}))
        wait_until(lambda: field.publish_raw("vendor/1/up", b"in") and source.buffered)
        source.take(limit=500, linger_s=0.1, timeout_s=1)
        source.follow(frozenset())
        wait_until(lambda: source.is_subscribed)
        field.publish_raw("vendor/1/up", b"out")
        field.publish_raw("telemetry/PL-1", b"last")
        assert take(source, 1)[-1].payload == b"last"


def test_a_subscription_stands_only_when_the_broker_has_answered_it(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []
    source = MqttSource(Subscription(broker.url, "source-under-test"))
    subscribe = source._client.subscribe

    def asked(*arguments: Any) -> Any:
        told.append(source.is_subscribed)
        answer = subscribe(*arguments)
        told.append(source.is_subscribed)
        return answer

    monkeypatch.setattr(source._client, "subscribe", asked)
    source.start()
    wait_until(lambda: source.is_subscribed)
    source.follow(frozenset({"vendor/+/up"}))
    wait_until(lambda: source.is_subscribed)
    source.stop()
    assert told == [False] * 4


def test_two_members_of_a_group_receive_the_same_set_once(broker: Broker, field: Field) -> None:
    with ExitStack() as stack:
        members = [stack.enter_context(listening(broker.url, f"member-{n}", "ingest")) for n in (1, 2)]
        for number in range(400):
            field.publish_raw("telemetry/PL-1", str(number).encode())
        wait_until(lambda: sum(member.buffered for member in members) == 400)
        shares = [[int(message.payload) for message in take(member, 1)] for member in members]
    assert sorted(shares[0] + shares[1]) == list(range(400))
    assert all(share == sorted(share) for share in shares)


def test_one_message_can_be_heard_for_a_preview(broker: Broker, field: Field) -> None:
    field.retain("vendor/7/up", b"kept")
    heard = listen_once(broker.url, "vendor/+/up", wait_s=5)
    assert heard is not None
    assert (heard.topic, heard.payload) == ("vendor/7/up", b"kept")
    assert listen_once(broker.url, "nothing/here", wait_s=0.2) is None


def test_an_encrypted_connection_delivers_large_messages_whole(encrypted: Broker, certificates: Path) -> None:
    url = encrypted_url(encrypted, certificates)
    # A record of the encryption holds 16,384 bytes: messages end before, on and after its edge.
    edges = [b"d" * (16_384 * number + more) for number in (1, 2) for more in range(-24, -16)]
    sent = [b"a" * 300_000, b"b", b"c" * 75_000, *edges, *(str(number).encode() for number in range(300))]
    field = Field(encrypted, tls=certificates)
    with listening(url) as source:
        for payload in sent:
            field.publish_raw("telemetry/PL-1", payload)
        messages = take(source, len(sent))
        source.acknowledge(messages)
    assert [message.payload for message in messages] == sent
    field.close()


@pytest.mark.filterwarnings(
    # The library leaves a connection whose handshake failed to the garbage collector.
    "ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.parametrize(
    "options", ["ca={0}/stranger.pem&cert={0}/ingester.pem&key={0}/ingester.key", "ca={0}/ca.pem"]
)
def test_an_unknown_authority_or_a_missing_certificate_is_refused(
    encrypted: Broker, certificates: Path, options: str
) -> None:
    source = MqttSource(
        Subscription(f"mqtts://127.0.0.1:{encrypted.port}?{options.format(certificates)}", "nobody")
    )
    source.start()
    wait_until(lambda: source.failures)
    assert not source.is_connected
    source.stop()


@pytest.mark.parametrize(
    "url",
    ["http://x", "mqtt://x?version=4", "mqtt://x?ca=/etc/ca.pem", "mqtts://x?insecure=1"],
)
def test_an_address_that_says_what_is_not_known_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="MQTT_URL"):
        Address.of(url)
