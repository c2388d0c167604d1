"""Dead letters of edge nodes are read again by the names of the last birth, into the history alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from telemetry.domain.payloads import Fault
from telemetry.domain.sparkplug.values import DataType
from telemetry.models import Alarm, DeadLetter, Device, Reading, SparkplugEdge
from telemetry.queries.dead_letters import LetterFilter
from telemetry.services.dead_letters import Letter, keep_dead_letters
from telemetry.services.replaying import Replayed, replay_letters
from tests.factories import telemetry as factory
from tests.factories.sparkplug import Edge, metric, payload
from tests.integration.telemetry.test_sparkplug_recording import Platform, flow, latest, station

pytestmark = pytest.mark.django_db


def replay() -> Replayed:
    return replay_letters(ids=LetterFilter().letters().values_list("pk", flat=True))


def test_what_came_before_its_metric_was_declared_fills_the_history_once_a_birth_declares_it() -> None:
    sensor = station().sensors.get()
    factory.low_limit(sensor, limit=10, on_delay_s=0)
    host, edge = Platform(), Edge()
    host.hear(edge.birth(metric("other", 1.0), at=host.now))
    early = edge.send("NDATA", flow(4.0, host.now + timedelta(seconds=1)), at=host.now + timedelta(seconds=1))
    host.hear(early, after_s=1)
    assert replay() == Replayed(refused=1)
    assert DeadLetter.objects.get().outcome_detail == "unknown_metric: flow"
    host.hear(edge.birth(flow(50.0), at=host.now + timedelta(seconds=1)), after_s=1)
    heard = SparkplugEdge.objects.get().heard_at, Device.objects.get().last_seen_at
    assert replay() == Replayed(stored=1, readings=1)
    assert sorted(Reading.objects.values_list("value", flat=True)) == [4.0, 50.0]
    assert latest().value == 50.0
    assert (SparkplugEdge.objects.get().heard_at, Device.objects.get().last_seen_at) == heard
    assert not Alarm.objects.exists()
    assert replay() == Replayed()


def test_an_alias_is_not_read_by_a_birth_that_may_be_another_one() -> None:
    station()
    host, edge = Platform(), Edge()
    host.hear(edge.birth(metric("other", 1.0, alias=1), at=host.now))
    host.hear(edge.send("NDATA", metric("", 4.0, alias=7), at=host.now), after_s=1)
    host.hear(edge.birth(flow(50.0, alias=7), at=host.now), after_s=1)
    assert replay() == Replayed(refused=1)
    assert DeadLetter.objects.get().outcome_detail == "unknown_alias: 7"


@pytest.mark.parametrize(
    ("topic", "raw", "declared", "why"),
    [
        ("spBv1.0/berkane/NDATA", b"", True, "bad_topic"),
        ("spBv1.0/berkane/NDATA/rtu-1", b"\xff\xff", True, "unreadable_sparkplug"),
        ("spBv1.0/berkane/NDATA/rtu-1", "no number", True, "bad_seq"),
        ("spBv1.0/berkane/NDATA/rtu-1", "flow", False, "unknown_device"),
        ("spBv1.0/berkane/NBIRTH/rtu-1", "other", True, "unknown_sensor"),
        ("spBv1.0/berkane/NDATA/rtu-1", "absurd", True, "time_absurd"),
    ],
)
def test_what_cannot_be_read_today_either_says_why(
    topic: str, raw: bytes | str, declared: bool, why: str
) -> None:
    host, edge = Platform(), Edge()
    if declared:
        station()
        host.hear(edge.birth(flow(1.0), at=host.now))
    made = {
        "no number": payload(flow(1.0), seq=None, at=host.now),
        "flow": payload(flow(1.0), seq=1, at=host.now),
        "other": payload(metric("other", 1.0), seq=0, at=host.now),
        "absurd": payload(flow(1.0, host.now - timedelta(days=900)), seq=1, at=host.now),
    }
    data = made[raw] if isinstance(raw, str) else raw
    letter = Letter(topic, data, Fault("unborn_node"), host.now)
    keep_dead_letters(letters=[letter])
    assert replay() == Replayed(refused=1)
    assert DeadLetter.objects.get().outcome_detail.startswith(why)


def test_values_of_a_kind_that_is_not_stored_stay_with_the_dead_letters() -> None:
    station()
    host, edge = Platform(), Edge()
    host.hear(edge.birth(flow(1.0), metric("blob", b"x", DataType.BYTES), at=host.now))
    host.hear(edge.send("NDATA", metric("blob", b"y", DataType.BYTES), at=host.now), after_s=1)
    assert replay() == Replayed(refused=1)
