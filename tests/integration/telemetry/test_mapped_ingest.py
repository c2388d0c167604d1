"""Messages of families with mappings of their own, all the way into the history."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.core import clock
from telemetry.domain.device_file import FamilyEntry
from telemetry.models import DeadLetter, Device, Reading, SequenceGap
from telemetry.queries.registry import load_registry
from telemetry.services import save_family
from telemetry.services.ingest import Ingested, ingest_messages
from tests.factories import telemetry as factory
from tests.factories.telemetry import ago, message, payload

pytestmark = pytest.mark.django_db

MAPPING: dict[str, Any] = {
    "topic": "application/+/device/{device}/event/up",
    "seq": "$.fCnt",
    "ts": "$.time",
    "values": {"pressure_kpa": {"path": "$.object.p", "unit": "bar"}},
}
TOPIC = "application/7/device/PL-1/event/up"


def family(code: str = "lora", **changed: Any) -> None:
    save_family(code=code, entry=FamilyEntry.model_validate({"mapping": MAPPING | changed}), version=0)


def uplink(seq: int, p: Any) -> dict[str, Any]:
    return {"fCnt": seq, "time": ago(10 - seq).isoformat(), "object": {"p": p}}


def ingest(body: Any, topic: str = TOPIC) -> Ingested:
    registry = load_registry(protocol="mqtt")
    return ingest_messages(messages=[message(body, topic=topic)], registry=registry, now=clock.now())


def reasons() -> list[str]:
    return list(DeadLetter.objects.order_by("pk").values_list("reason", flat=True))


def test_a_vendors_message_is_stored_in_the_sensors_unit() -> None:
    family()
    sensor = factory.sensor(factory.device(family="lora"), valid_max=1000)
    for seq, bar in ((1, 5.12), (2, 12.0)):
        ingest(uplink(seq, bar))
    stored = Reading.objects.filter(sensor=sensor, at__gte=ago(60)).order_by("at")
    assert [(r.seq, round(r.value, 6), r.quality) for r in stored] == [(1, 512.0, 192), (2, 1200.0, 0)]
    assert Device.objects.get().last_seq == 2


def test_the_platforms_own_format_is_still_read_on_the_devices_own_topic() -> None:
    family()
    factory.sensor(factory.device(family="lora"))
    ingest(payload(1, ago(5)), topic="telemetry/PL-1")
    assert Reading.objects.filter(at__gte=ago(60)).count() == 1


def test_a_mapping_may_take_the_place_of_the_own_format() -> None:
    family(topic="telemetry/{device}")
    factory.sensor(factory.device(family="lora"))
    ingest(uplink(1, 2), topic="telemetry/PL-1")
    assert Reading.objects.get(at__gte=ago(60)).value == 200


def test_faults_of_a_mapped_message_have_names() -> None:
    family()
    factory.sensor(factory.device(family="lora"))
    factory.sensor(factory.device("PL-2"))
    ingest(uplink(1, "5,1"))
    ingest(uplink(1, 1), topic="application/7/device/PL-2/event/up")
    ingest(uplink(1, 1), topic="application/7/device/PL-404/event/up")
    ingest(uplink(1, 1), topic="application/7/device/PL-1/event/join")
    assert reasons() == ["bad_value", "other_family", "unknown_device", "bad_topic"]


def test_two_families_share_a_topic_pattern_and_the_device_decides() -> None:
    family("a", values={"pressure_kpa": "$.object.q"})
    family("lora")
    factory.sensor(factory.device(family="lora"))
    ingest(uplink(1, 3))
    assert Reading.objects.get(at__gte=ago(60)).value == 300


def test_a_unit_of_another_quantity_is_refused_and_the_rest_kept() -> None:
    family(values=MAPPING["values"] | {"flow_l_s": {"path": "$.object.p", "unit": "bar"}})
    device = factory.device(family="lora")
    factory.sensor(device)
    factory.sensor(device, "flow_l_s", "flow", "L/s")
    assert ingest(uplink(1, 1)).readings == 1
    assert reasons() == ["bad_unit"]


def test_subscriptions_follow_the_families() -> None:
    family()
    assert load_registry(protocol="mqtt").subscriptions == {"application/+/device/+/event/up"}
    assert json.loads(json.dumps(MAPPING)) == MAPPING


def test_what_is_dated_by_its_receipt_is_not_numbered_and_not_taken_from_what_the_broker_retained() -> None:
    family(ts="received")
    sensor = factory.sensor(factory.device(family="lora"))
    registry = load_registry(protocol="mqtt")
    for seq, at, retained in ((5, 20, False), (9, 10, False), (9, 5, True)):
        sent = message(uplink(seq, 5.12), topic=TOPIC, received_at=ago(at))._replace(retained=retained)
        ingest_messages(messages=[sent], registry=registry, now=clock.now())
    assert Reading.objects.filter(sensor=sensor, at__gte=ago(60)).count() == 2
    assert not SequenceGap.objects.exists()
    assert not DeadLetter.objects.exists()
