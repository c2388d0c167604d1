"""Messages become readings, contradictions, dead letters and gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from backend.core import clock
from telemetry.domain import payloads
from telemetry.models import DeadLetter, Device, LatestReading, Reading, ReadingConflict, SequenceGap
from telemetry.ports import Message
from telemetry.queries.registry import load_registry
from telemetry.queries.sequence_gaps import STATES, gap_fact
from telemetry.services.gaps import claim_due_asks
from telemetry.services.ingest import Ingested, ingest_messages
from tests.factories import telemetry as factory
from tests.factories.telemetry import ago, message, payload

pytestmark = pytest.mark.django_db


def ingest(*messages: Message) -> Ingested:
    return ingest_messages(messages=messages, registry=load_registry(protocol="mqtt"), now=clock.now())


def reasons() -> list[str]:
    return list(DeadLetter.objects.order_by("pk").values_list("reason", flat=True))


def test_a_message_becomes_a_reading_with_both_times_and_its_number() -> None:
    sensor = factory.logger()
    at = ago(5)
    received = clock.now()
    ingest(message(payload(7, at, pressure_kpa=412.5), received_at=received))
    (reading,) = Reading.objects.filter(sensor=sensor, at__gte=ago(60))
    assert (reading.at, reading.received_at, reading.seq, reading.value, reading.quality) == (
        at,
        received,
        7,
        412.5,
        192,
    )
    device = Device.objects.get()
    assert (device.last_seen_at, device.last_seq) == (received, 7)


def test_the_same_message_again_changes_nothing() -> None:
    factory.logger()
    again = message(payload(1, ago(5)))
    assert ingest(again, again).new == 1
    assert ingest(again).new == 0
    assert (Reading.objects.count(), ReadingConflict.objects.count(), SequenceGap.objects.count()) == (
        1,
        0,
        0,
    )


def test_another_value_for_the_same_time_is_kept_as_a_contradiction() -> None:
    factory.logger()
    at = ago(5)
    contradiction = message(payload(1, at, pressure_kpa=399))
    ingest(message(payload(1, at, pressure_kpa=400)))
    ingest(contradiction)
    ingest(contradiction)
    assert Reading.objects.get(at=at).value == 400
    assert ReadingConflict.objects.get().value == 399


def test_of_two_values_in_one_batch_the_first_stays() -> None:
    factory.logger()
    at = ago(5)
    ingest(*(message(payload(1, at, pressure_kpa=value)) for value in (400, 399)))
    assert Reading.objects.get(at=at).value == LatestReading.objects.get().value == 400
    assert ReadingConflict.objects.get().value == 399


def test_the_latest_value_moves_only_forward() -> None:
    factory.logger()
    ingest(message(payload(2, ago(5), pressure_kpa=410)))
    ingest(message(payload(1, ago(65), pressure_kpa=300)))
    assert LatestReading.objects.get().value == 410
    assert Reading.objects.count() == 2


def test_a_value_outside_what_the_sensor_can_measure_is_bad_and_says_why() -> None:
    factory.logger(valid_min=-20, valid_max=2000)
    ingest(message(payload(1, ago(5), pressure_kpa=9000)))
    latest = LatestReading.objects.get()
    assert (latest.value, latest.quality, latest.reason) == (9000, 0, "out_of_range")


def test_scale_and_offset_bring_the_value_into_the_sensors_unit() -> None:
    factory.logger(field="p", scale=0.1, offset=1)
    ingest(message(payload(1, ago(5), p=4000)))
    assert LatestReading.objects.get().value == 401


@pytest.mark.parametrize(
    ("topic", "body", "reason"),
    [
        ("telemetry/PL-1", b"\xff\x00{", "unreadable_json"),
        ("telemetry/nobody", payload(1, ago(5)), "unknown_device"),
        ("telemetry/PL-1/deeper", payload(1, ago(5)), "bad_topic"),
        ("", b"{}", "bad_topic"),
        ("telemetry/PL-1", payload(1, ago(5), temperature_c=12), "unknown_sensor"),
        ("telemetry/PL-1", payload(1, datetime(2299, 1, 1, tzinfo=UTC)), "time_absurd"),
    ],
)
def test_what_cannot_be_used_goes_to_the_dead_letters_with_its_reason(
    topic: str, body: Any, reason: str
) -> None:
    factory.logger()
    sent = message(body, topic=topic)
    ingest(sent)
    letter = DeadLetter.objects.get()
    assert (letter.reason, letter.topic, bytes(letter.payload)) == (reason, topic, sent.payload)
    assert Reading.objects.count() == 0


def test_the_same_dead_letter_again_is_counted() -> None:
    poison = message(b"{", topic="telemetry/PL-1")
    ingest(poison, poison)
    ingest(poison)
    assert DeadLetter.objects.get().occurrences == 3


def test_good_messages_around_a_poisonous_one_are_stored() -> None:
    factory.logger()
    ingest(message(payload(1, ago(9))), message(b"[[["), message(payload(2, ago(8))))
    assert Reading.objects.count() == 2
    assert reasons() == ["unreadable_json"]


def test_what_the_database_refuses_is_singled_out() -> None:
    sensor = factory.logger()
    stale_registry = load_registry(protocol="mqtt")
    factory.logger("PL-2")
    stale_registry = load_registry(protocol="mqtt")
    stale_registry.devices["PL-1"].sensors["pressure_kpa"].id = 2**70  # no bigint holds it
    bad, good = message(payload(1, ago(5))), message(payload(1, ago(5)), topic="telemetry/PL-2")
    done = ingest_messages(messages=[bad, good, bad], registry=stale_registry, now=clock.now())
    assert (done.messages, done.new, done.letters) == (3, 1, 2)
    assert set(reasons()) == {"not_storable"}
    assert sensor.pk


def test_a_gap_is_recorded_asked_for_and_filled() -> None:
    factory.logger()
    ingest(message(payload(10, ago(100))), message(payload(14, ago(60))))
    gap = SequenceGap.objects.get()
    assert (gap.first, gap.last, gap.missing) == (11, 13, [[11, 13]])
    later = clock.now() + timedelta(seconds=2)
    assert claim_due_asks(now=later) == [("PL-1", 11, 13)]
    assert claim_due_asks(now=later) == []
    ingest(message([payload(12, ago(80)), payload(11, ago(90))]))
    assert claim_due_asks(now=later + timedelta(seconds=16)) == [("PL-1", 13, 13)]
    ingest(message(payload(13, ago(70))))
    gap.refresh_from_db()
    assert gap.filled_at
    assert gap.missing == []
    assert claim_due_asks(now=later + timedelta(days=1)) == []
    assert Device.objects.get().last_seq == 14


def test_a_gap_nobody_fills_is_asked_for_a_bounded_number_of_times() -> None:
    factory.logger()
    ingest(message(payload(1, ago(100))), message(payload(3, ago(60))))
    now = clock.now()
    asked = sum(len(claim_due_asks(now=now + timedelta(hours=2 * n))) for n in range(1, 20))
    assert asked == 6
    gap = SequenceGap.objects.get()
    assert (gap.filled_at, gap.abandoned_at is None, gap.next_ask_at) == (None, False, None)
    assert not SequenceGap.objects.filter(STATES["open"]).exists()
    ingest(message(payload(2, ago(80))))
    assert gap_fact(SequenceGap.objects.get()).state == "filled"
    assert not SequenceGap.objects.filter(STATES["abandoned"]).exists()


def test_a_device_that_counts_again_from_the_start_closes_its_old_gaps() -> None:
    factory.logger()
    ingest(message(payload(500, ago(100))), message(payload(503, ago(60))))
    ingest(message(payload(0, ago(30))), message(payload(1, ago(20))))
    gap = SequenceGap.objects.get()
    assert gap.abandoned_at
    assert Device.objects.get().last_seq == 1


def test_readings_of_a_day_lie_in_a_partition_of_their_own() -> None:
    factory.logger()
    at = ago(86_400 * 40)
    ingest(message(payload(1, at)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM telemetry_reading")
        assert cursor.fetchone()[0] == f"telemetry_reading_{at:%Y%m%d}"


def test_a_scale_that_makes_no_number_of_a_value_leaves_none() -> None:
    sensor = factory.logger(scale=1e300)
    ingest(message(payload(1, ago(5), pressure_kpa=1e14)))
    latest = LatestReading.objects.get(sensor=sensor)
    assert (latest.value, latest.quality, latest.reason) == (None, 0, "too_large")


def test_a_message_that_the_broker_retained_is_history_and_no_sign_of_life() -> None:
    sensor = factory.logger()
    ingest(message(payload(7, ago(4000)))._replace(retained=True))
    assert Reading.objects.filter(sensor=sensor, at__gte=ago(5000)).count() == 1
    device = Device.objects.get()
    assert (device.last_seen_at, device.last_seq) == (None, 7)


def test_a_message_that_nobody_foresaw_is_set_aside_and_the_rest_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    factory.logger()

    def parse(raw: bytes, *, now: datetime) -> Any:
        if b'"seq": 13' in raw:
            raise AttributeError("a defect of ours")
        return payloads.parse(raw, now=now)

    monkeypatch.setattr("telemetry.services.ingest.parse", parse)
    bodies = [{"seq": seq, "ts": ago(seq).isoformat(), "values": {"pressure_kpa": 1.5}} for seq in (1, 13, 2)]
    done = ingest(*map(message, bodies))
    assert (done.messages, done.readings, reasons()) == (3, 2, ["not_storable"])


def test_what_was_turned_off_is_left_alone_and_leaves_no_letters() -> None:
    one = factory.device()
    factory.sensor(one)
    factory.sensor(one, "ph", "other", "pH", active=False)
    factory.logger("PL-2")
    Device.objects.filter(code="PL-2").update(active=False)
    done = ingest(
        message(payload(1, ago(5), pressure_kpa=400.0, ph=7.0)),
        message(payload(1, ago(5)), topic="telemetry/PL-2"),
    )
    assert (done.messages, done.readings, done.letters, done.unknown) == (2, 1, 0, False)
