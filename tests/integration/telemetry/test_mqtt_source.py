"""The MQTT adapter with a real broker: order, back-pressure, acknowledgements that hit the right message."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from telemetry.adapters.mqtt import MqttSource, Subscription
from telemetry.ports import Message
from tests.integration.telemetry.support import Broker, Field, wait_until


@pytest.fixture
def source(broker: Broker) -> Iterator[MqttSource]:
    source = MqttSource(Subscription(broker.url, "source-under-test", max_messages=50))
    source.start()
    wait_until(lambda: source.is_subscribed)
    yield source
    source.stop()


def take(source: MqttSource, count: int) -> list[Message]:
    messages: list[Message] = []
    wait_until(
        lambda: messages.extend(source.take(limit=20, linger_s=0, timeout_s=0.2)) or len(messages) >= count
    )
    return messages


def test_messages_come_in_order_and_no_more_are_read_than_there_is_room_for(
    source: MqttSource, field: Field
) -> None:
    for number in range(3000):
        field.publish_raw("telemetry/PL-1", str(number).encode())
    wait_until(field.all_acknowledged)
    wait_until(lambda: source.buffered >= 50)
    assert source.buffered < 50 + 20
    numbers: list[int] = []
    while len(numbers) < 3000:
        messages = source.take(limit=20, linger_s=0, timeout_s=5)
        assert messages
        numbers += [int(message.payload) for message in messages]
        source.acknowledge(messages)
    assert numbers == list(range(3000))


def test_payloads_of_every_size_and_kind_arrive_as_they_were_sent(source: MqttSource, field: Field) -> None:
    sent = [b"", b"\x00", bytes(range(256)), b"x" * 70_000, b"y" * 2_000_000, "قياس".encode()]
    for payload in sent:
        field.publish_raw("telemetry/PL-1", payload)
    assert [message.payload for message in take(source, len(sent))] == sent


def test_what_was_not_acknowledged_comes_again_and_what_was_does_not(
    broker: Broker, source: MqttSource, field: Field
) -> None:
    for number in range(10):
        field.publish_raw("telemetry/PL-1", str(number).encode())
    messages = take(source, 10)
    source.acknowledge(messages[:4])
    source.stop()
    source.start()
    assert [int(message.payload) for message in take(source, 6)] == [4, 5, 6, 7, 8, 9]


def test_a_late_acknowledgement_never_confirms_a_message_of_another_connection(
    broker: Broker, source: MqttSource
) -> None:
    before = Field(broker)
    before.publish_raw("telemetry/PL-1", b"old")
    (old,) = take(source, 1)
    before.close()
    broker.kill()
    wait_until(lambda: not source.is_connected)
    broker.start()
    wait_until(lambda: source.is_subscribed)
    after = Field(broker)
    for number in range(old.mid + 5):
        after.publish_raw("telemetry/PL-1", f"new {number}".encode())
    new = [message for message in take(source, old.mid + 5) if message.payload.startswith(b"new")]
    assert old.mid in {message.mid for message in new}
    source.acknowledge([old])
    source.stop()
    source.start()
    again = [message.payload for message in take(source, len(new))]
    assert again == [message.payload for message in new]
    after.close()


def test_what_the_broker_retained_is_told_from_what_is_sent_now(
    broker: Broker, source: MqttSource, field: Field
) -> None:
    field.retain("telemetry/PL-1", b"1")
    first = take(source, 1)
    source.acknowledge(first)
    source.stop()
    source.start()
    (again,) = take(source, 1)
    assert [(one.payload, one.retained) for one in (*first, again)] == [(b"1", False), (b"1", True)]
    field.retain("telemetry/PL-1", b"")


def test_large_messages_stay_with_the_broker_while_there_is_no_room_for_their_bytes(
    broker: Broker, field: Field
) -> None:
    source = MqttSource(Subscription(broker.url, "source-of-few-bytes", max_bytes=1_000_000))
    source.start()
    wait_until(lambda: source.is_subscribed)
    for _ in range(100):
        field.publish_raw("telemetry/PL-1", bytes(100_000))
    wait_until(field.all_acknowledged)
    wait_until(lambda: source.buffered >= 10)
    assert source.buffered < 10 + 20
    assert len(take(source, 100)) == 100
    source.stop()
