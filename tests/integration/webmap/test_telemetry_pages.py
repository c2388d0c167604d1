"""Families are tried on a real message before they are saved; dead letters are read again on their page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from telemetry.models import DeadLetter, DeviceFamily, Reading
from telemetry.queries.registry import load_registry
from telemetry.services.ingest import ingest_messages
from tests.factories import core
from tests.factories import telemetry as factory
from tests.factories.telemetry import ago, message

pytestmark = pytest.mark.django_db
TOPIC = "application/7/device/PL-1/event/up"
FORM = {
    "mode": "form",
    "code": "lora",
    "name_fr": "Enregistreur LoRa",
    "topic": "application/+/device/{device}/event/up",
    "seq": "$.fCnt",
    "ts_path": "$.time",
    "quality_path": "$.object.s",
    "quality_words": "ok=192, bad=0",
    "key": ["pressure_kpa", ""],
    "quantity": ["pressure", ""],
    "sensor_unit": ["kPa", ""],
    "path": ["$.object.p", ""],
    "unit": ["bar", ""],
    "version": "0",
}


@pytest.fixture
def supervisor(client: Client) -> Client:
    client.force_login(core.person("s", "supervisor"))
    client.get("/telemetry/families/?lang=en")
    return client


def letter() -> DeadLetter:
    """Let an uplink arrive that nobody can read yet."""
    uplink = {"fCnt": 4, "time": ago(20).isoformat(), "object": {"p": 5.12, "s": "ok"}}
    registry = load_registry(protocol="mqtt")
    ingest_messages(messages=[message(uplink, topic=TOPIC)], registry=registry, now=ago(0))
    return DeadLetter.objects.get()


def page(client: Client, url: str, **sent: Any) -> str:
    answer = client.post(url, sent) if sent else client.get(url)
    assert answer.status_code in {200, 422, 409}, answer
    return answer.content.decode()


def test_a_family_is_tried_saved_and_its_dead_letters_are_read_again(supervisor: Client) -> None:
    factory.sensor(factory.device(family="lora"))
    lost = letter()
    assert "A topic nobody reads" in page(supervisor, "/telemetry/dead-letters/")
    tried = page(supervisor, "/telemetry/families/new/", **FORM, action="preview", letter=str(lost.pk))
    assert "512" in tried
    assert "Nothing in this message is at fault." in tried
    assert not DeviceFamily.objects.exists()
    saved = supervisor.post("/telemetry/families/new/", {**FORM, "action": "save"})
    assert saved["Location"] == "/telemetry/families/of/lora/"
    assert "1 dead letter on these topics waits" in page(supervisor, saved["Location"])
    back = supervisor.post(
        "/telemetry/dead-letters/decide/",
        {"action": "replay", "all": "1", "shown": "?family=lora"},
        follow=True,
    )
    assert "1 letter was read again; new readings: 1." in back.content.decode()
    assert Reading.objects.get(at__gte=ago(60)).value == 512


def test_a_family_of_the_own_format_needs_no_paths(supervisor: Client) -> None:
    form = FORM | dict.fromkeys(("topic", "seq", "ts_path", "quality_path"), "") | {"path": ["", ""]}
    assert supervisor.post("/telemetry/families/new/", form | {"action": "save"}).status_code == 302
    assert DeviceFamily.objects.get().mapping == {}


def test_what_is_wrong_with_a_mapping_is_said_and_nothing_saved(supervisor: Client) -> None:
    shown = page(supervisor, "/telemetry/families/new/", **(FORM | {"topic": "a/{device", "action": "save"}))
    assert "a level is" in shown
    assert not DeviceFamily.objects.exists()


def test_a_family_changed_meanwhile_is_not_overwritten(supervisor: Client) -> None:
    supervisor.post("/telemetry/families/new/", {**FORM, "action": "save"})
    url = "/telemetry/families/of/lora/"
    supervisor.post(url, {**FORM, "seq": "$.n", "version": "1", "action": "save"})
    assert "Someone changed this" in page(
        supervisor, url, **FORM | {"version": "1", "seq": "$.m", "action": "save"}
    )
    assert DeviceFamily.objects.get().mapping["seq"] == "$.n"


def test_the_form_leaves_alone_what_it_does_not_show(supervisor: Client) -> None:
    text = (
        "mapping:\n  topic: t/{device}\n  ts: received\n  values: {s: {path: $.s, words: {open: 1}}}\n"
        "sensors:\n- {key: s, quantity: state, unit: state, valid_max: 1, alarms: [{kind: high, limit: 1}]}\n"
    )
    supervisor.post(
        "/telemetry/families/new/",
        {"mode": "yaml", "yaml": text, "code": "valve", "version": "0", "action": "save"},
    )
    rows = {"key": ["s"], "quantity": ["state"], "sensor_unit": ["state"], "path": ["$.state"], "unit": [""]}
    form = {"mode": "form", "topic": "t/{device}", "received": "1", "version": "1", "action": "save", **rows}
    assert supervisor.post("/telemetry/families/of/valve/", form).status_code == 302
    family = DeviceFamily.objects.get()
    assert family.mapping["values"]["s"] == {"path": "$.state", "words": {"open": 1.0}}
    assert (family.sensors[0]["valid_max"], len(family.sensors[0]["alarms"])) == (1, 1)


def test_a_payload_is_shown_as_text_and_bytes_and_never_as_markup(supervisor: Client) -> None:
    registry = load_registry(protocol="mqtt")
    ingest_messages(messages=[message(b"<script>\x00", topic="x")], registry=registry, now=ago(0))
    shown = page(supervisor, f"/telemetry/dead-letters/{DeadLetter.objects.get().pk}/")
    assert "&lt;script&gt;\\x00" in shown
    assert "3c 73 63 72" in shown


def test_setting_aside_asks_for_a_reason(supervisor: Client) -> None:
    ids = {"ids": str(letter().pk), "action": "discard"}
    assert "Say why." in supervisor.post("/telemetry/dead-letters/decide/", ids, follow=True).content.decode()
    supervisor.post("/telemetry/dead-letters/decide/", ids | {"why": "essai"})
    assert DeadLetter.objects.get().discard_reason == "essai"


def test_a_dispatcher_reads_families_and_changes_none(client: Client) -> None:
    client.force_login(core.person("d", "dispatcher"))
    assert client.get("/telemetry/families/").status_code == 200
    assert client.post("/telemetry/families/new/", FORM | {"action": "save"}).status_code == 403
    assert client.get("/telemetry/dead-letters/").status_code == 403
