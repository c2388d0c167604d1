"""Devices on their pages: worst first, one with its facts, what is held released, another family given."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from backend.core import clock
from gis.models import Jurisdiction
from telemetry.models import Device, DeviceFamily, QuarantinedReading
from telemetry.queries.registry import load_registry
from telemetry.services.ingest import ingest_messages
from tests.factories import core, telemetry
from tests.factories.telemetry import ago, message, payload

pytestmark = pytest.mark.django_db


def sign_in(client: Client, role: str) -> Client:
    person = core.person(role, role)
    Jurisdiction.objects.create(user=person, zone=None)
    client.force_login(person)
    client.get("/telemetry/devices/?lang=en")
    return client


@pytest.fixture
def supervisor(client: Client) -> Client:
    return sign_in(client, "supervisor")


def heard(code: str, *items: dict[str, Any]) -> Device:
    device = telemetry.device(code)
    telemetry.sensor(device)
    sent = [message(item, topic=f"telemetry/{code}") for item in items]
    ingest_messages(messages=sent, registry=load_registry(protocol="mqtt"), now=clock.now())
    return device


def page(client: Client, url: str, **headers: Any) -> str:
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_the_list_counts_by_state_and_puts_the_worst_first(supervisor: Client) -> None:
    heard("PL-1", payload(1, ago(5)))
    telemetry.device("PL-2", last_seen_at=ago(5000), last_error="no_answer", last_error_at=ago(10))
    shown = page(supervisor, "/telemetry/devices/")
    assert shown.index("PL-2") < shown.index("PL-1")
    assert "No answer in time" in shown
    assert '<strong data-testid="count-stale">1</strong>' in shown
    online = page(supervisor, "/telemetry/devices/?state=online")
    assert ("PL-1" in online, "PL-2" in online) == (True, False)
    assert "No device is so" in page(supervisor, "/telemetry/devices/?q=nothing&page=9")


def test_a_refresh_brings_the_rows_alone(supervisor: Client) -> None:
    heard("PL-1", payload(1, ago(5)))
    for url in ("/telemetry/devices/", "/telemetry/devices/PL-1/"):
        part = page(supervisor, url, **{"HX-Request": "true"})
        assert "<html" not in part
        assert "data-since" in part


def test_a_page_says_what_a_device_does_not_report_and_what_is_missing(supervisor: Client) -> None:
    heard("PL-1", payload(1, ago(60)), payload(4, ago(5)))
    shown = page(supervisor, "/telemetry/devices/PL-1/")
    assert shown.count("not reported") == 2
    assert "2–3" in shown
    assert supervisor.get("/telemetry/devices/PL-9/").status_code == 404


def test_what_is_held_is_released_on_the_page(supervisor: Client) -> None:
    heard("PL-1", payload(1, ago(-7200)))
    shown = page(supervisor, "/telemetry/devices/PL-1/")
    assert "1 reading held" in shown
    assert "A time in the future" in shown
    done = supervisor.post(
        "/telemetry/devices/PL-1/quarantine/", {"action": "corrected"}, follow=True
    ).content.decode()
    assert "1 reading was released." in done
    assert "device-held" not in done
    assert QuarantinedReading.objects.get().state == "released"


def test_a_device_gets_another_family_unless_someone_was_first(supervisor: Client) -> None:
    heard("PL-1", payload(1, ago(5)))
    DeviceFamily.objects.create(code="logger", protocol="mqtt")
    url, asked = "/telemetry/devices/PL-1/family/", {"family": "logger", "version": "1"}
    assert "follows its new family" in supervisor.post(url, asked, follow=True).content.decode()
    assert "Someone changed this" in supervisor.post(url, asked, follow=True).content.decode()
    assert Device.objects.get().family == "logger"


def test_a_dispatcher_reads_and_changes_nothing(client: Client) -> None:
    heard("PL-1", payload(1, ago(-7200)))
    sign_in(client, "dispatcher")
    shown = page(client, "/telemetry/devices/PL-1/")
    assert "1 reading held" in shown
    assert "held-release" not in shown
    assert client.post("/telemetry/devices/PL-1/quarantine/", {"action": "discard"}).status_code == 403
