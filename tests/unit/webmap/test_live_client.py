"""What one open stream holds back, merges and sends."""

from __future__ import annotations

import orjson

from tests.factories.loops import finished
from webmap.live.client import MOST_WAITING, Client
from webmap.live.frames import LiveEvent


def reading(sensor: int, value: float, at: str = "2026-01-01T00:00:00Z") -> dict[str, object]:
    return {"id": sensor, "at": at, "value": value, "quality": 192}


def alarm(seq: int) -> LiveEvent:
    return LiveEvent("alarm", {"id": 1}, seq)


def waiting(client: Client) -> list[LiveEvent]:
    return finished(client.waiting(0.01))


def test_a_slow_screen_gets_only_the_newest_value_of_each_sensor() -> None:
    client = Client(user_id=1, visible=None)
    client.offer_readings([reading(1, 10.0), reading(2, 5.0)])
    client.offer_readings([reading(1, 11.0)])

    (event,) = waiting(client)

    assert event.name == "reading"
    assert [(row["id"], row["value"]) for row in event.data["readings"]] == [(1, 11.0), (2, 5.0)]
    assert waiting(client) == []


def test_a_screen_hears_nothing_of_sensors_outside_its_zones() -> None:
    client = Client(user_id=1, visible=frozenset({2}))
    client.offer_readings([reading(1, 10.0)])
    assert waiting(client) == []

    client.offer_readings([reading(1, 10.0), reading(2, 5.0)])
    (event,) = waiting(client)
    assert [row["id"] for row in event.data["readings"]] == [2]


def test_events_keep_their_order_and_none_comes_twice() -> None:
    client = Client(user_id=1, visible=None, after=4)
    client.offer_events([alarm(4), alarm(5), alarm(6)])
    assert [event.seq for event in waiting(client)] == [5, 6]
    client.offer_events([alarm(6), alarm(7)])
    assert [event.seq for event in waiting(client)] == [7]


def test_a_screen_that_falls_too_far_behind_starts_over() -> None:
    client = Client(user_id=1, visible=None)
    client.offer_events(alarm(seq) for seq in range(1, MOST_WAITING + 2))
    assert client.lost
    assert waiting(client) == []


def test_a_frame_carries_its_place_in_the_outbox_and_one_line_of_data() -> None:
    frame = LiveEvent("alarm", {"id": 3, "text": "a\nb"}, 12).encoded()
    head, data = frame.split(b"data: ")
    assert head == b"id: 12\nevent: alarm\n"
    assert data.endswith(b"\n\n")
    assert orjson.loads(data) == {"id": 3, "text": "a\nb"}
