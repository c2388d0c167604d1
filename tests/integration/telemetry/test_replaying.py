"""Dead letters are read again by the way every message goes, once, and what came of it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command

from backend.core import clock
from backend.core.errors import InvalidInput
from telemetry.domain.device_file import FamilyEntry
from telemetry.models import DeadLetter, Device, QuarantinedReading, Reading, SequenceGap
from telemetry.queries.dead_letters import LetterFilter, as_hex, as_text
from telemetry.queries.previews import preview_message
from telemetry.queries.registry import load_registry
from telemetry.services import save_family
from telemetry.services.ingest import ingest_messages
from telemetry.services.replaying import Replayed, discard_letters, replay_letters
from tests.factories import telemetry as factory
from tests.factories.telemetry import ago, message, payload
from tests.integration.telemetry.test_mapped_ingest import TOPIC, family, uplink

pytestmark = pytest.mark.django_db


def arrive(*bodies: Any, topic: str = "telemetry/PL-1", received_at: Any = None) -> None:
    ingest_messages(
        messages=[message(body, topic=topic, received_at=received_at) for body in bodies],
        registry=load_registry(protocol="mqtt"),
        now=clock.now(),
    )


def replay() -> Replayed:
    return replay_letters(ids=LetterFilter().letters().values_list("pk", flat=True))


def test_messages_of_a_device_declared_later_are_stored_in_their_order() -> None:
    arrive(*(payload(seq, ago(60 - seq)) for seq in (1, 2, 3)))
    factory.logger()
    assert replay() == Replayed(stored=3, readings=3)
    assert list(Reading.objects.filter(at__gte=ago(120)).order_by("at").values_list("seq", flat=True)) == [
        1,
        2,
        3,
    ]
    assert SequenceGap.objects.count() == 0
    assert replay() == Replayed()


def test_times_of_then_end_nobodys_quarantine_of_today() -> None:
    arrive(*(payload(seq, ago(600 - seq)) for seq in (1, 2, 3)))
    factory.logger()
    Device.objects.update(clock_quarantined_at=clock.now(), clock_reason="time_in_future")
    assert replay() == Replayed(stored=3, readings=3)
    assert Device.objects.get().clock_quarantined_at


def test_a_letter_is_stored_after_its_mapping_is_mended() -> None:
    family(values={"pressure_kpa": {"path": "$.object.pressure", "unit": "bar"}})
    factory.sensor(factory.device(family="lora"))
    arrive(uplink(1, 5.1), topic=TOPIC)
    assert replay() == Replayed(refused=1)
    assert DeadLetter.objects.get().outcome_detail == "missing_values"
    mended = FamilyEntry.model_validate(
        {"mapping": {"topic": "application/+/device/{device}/event/up", "seq": "$.fCnt", "ts": "$.time",
                     "values": {"pressure_kpa": {"path": "$.object.p", "unit": "bar"}}}}
    )  # fmt: skip
    seen = preview_message(
        code="lora", entry=mended, topic=TOPIC, payload=bytes(DeadLetter.objects.get().payload),
        received_at=clock.now(),
    )  # fmt: skip
    save_family(code="lora", entry=mended, version=1)
    assert replay() == Replayed(stored=1, readings=1)
    stored = Reading.objects.get(at__gte=ago(60))
    (value,) = seen.values
    assert (stored.value, stored.at) == (pytest.approx(510.0), value.at)
    assert (value.value, value.unit, value.sent_unit, value.verdict) == (stored.value, "kPa", "bar", "")


def test_what_was_stored_before_is_not_stored_twice_and_other_letters_are_not_counted_again() -> None:
    device = factory.device()
    factory.sensor(device)
    arrive(payload(1, ago(5), pressure_kpa=1.0, level_m=2.0, flow_l_s=3.0))
    factory.sensor(device, "level_m", "level", "m")
    assert replay() == Replayed(stored=1, refused=1, readings=1)
    assert list(DeadLetter.objects.order_by("pk").values_list("occurrences", flat=True)) == [1, 1]


def test_a_letter_is_judged_by_when_it_arrived() -> None:
    arrive(payload(1, ago(-3600)), received_at=ago(7200))
    factory.logger()
    assert replay() == Replayed(stored=1)
    assert QuarantinedReading.objects.get().reason == "time_in_future"
    assert not Reading.objects.filter(at__gte=ago(9000)).exists()


def test_a_letter_kept_only_in_part_cannot_be_read() -> None:
    arrive(b"[" + b" " * 300_000 + b"]")
    factory.logger()
    assert replay() == Replayed(truncated=1)


def test_a_letter_set_aside_needs_a_reason_and_is_left_alone() -> None:
    arrive(payload(1, ago(5)))
    ids = [DeadLetter.objects.get().pk]
    with pytest.raises(InvalidInput):
        discard_letters(ids=ids, actor=None, reason=" ")
    assert discard_letters(ids=ids, actor=None, reason="essai") == 1
    factory.logger()
    assert replay() == Replayed()
    assert LetterFilter("discarded").letters().get().discard_reason == "essai"


def test_the_same_message_again_calls_a_letter_back() -> None:
    again = payload(1, ago(5))
    arrive(again)
    discard_letters(ids=[DeadLetter.objects.get().pk], actor=None, reason="essai")
    arrive(again)
    assert LetterFilter().letters().get().occurrences == 2


def test_letters_are_counted_by_reason_and_found_by_the_topics_of_a_family(capsys: Any) -> None:
    family()
    arrive(uplink(1, 1), topic=TOPIC)
    arrive(b"{", b"{", topic="telemetry/PL-9")
    arrive(b"{", topic="elsewhere")
    assert LetterFilter(reason="bad_topic").reasons() == [
        ("unknown_device", 2, 3),
        ("bad_topic", 1, 1),
    ]
    assert LetterFilter(family="lora").letters().get().topic == TOPIC
    call_command("replay_dead_letters", "--family", "lora", "--dry-run")
    call_command("replay_dead_letters", "--topic", "elsewhere")
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert said == [{"waiting": 1}, {"stored": 0, "refused": 1, "truncated": 0, "readings": 0}]


def test_payloads_are_shown_bounded_and_without_control_characters() -> None:
    assert as_text(b"a\x1b[31m\n<script>") == "a\\x1b[31m\n<script>"
    assert as_text(b"\xff\xfe") is None
    assert len(as_text(b"x" * 100_000) or "") == 4096
    assert as_hex(b"AB\x00").startswith("000000  41 42 00")
    assert len(as_hex(b"x" * 100_000).splitlines()) == 64


def test_a_preview_tells_of_values_no_sensor_takes_and_of_topics_of_others() -> None:
    entry = FamilyEntry.model_validate(
        {"sensors": [{"key": "pressure_kpa", "quantity": "pressure", "unit": "kPa", "valid_max": 300}]}
    )
    body = json.dumps(payload(1, ago(5), pressure_kpa=400, level_m=1)).encode()
    common = {"code": "new", "entry": entry, "payload": body, "received_at": clock.now()}
    seen = preview_message(topic="telemetry/PL-1", **common)
    assert [value.verdict for value in seen.values] == ["out_of_range", "unknown_sensor"]
    assert not preview_message(topic="vendor/PL-1", **common).matches
