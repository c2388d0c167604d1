"""Programs save families, try them on messages, have letters read again, and see missing numbers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from telemetry.models import DeadLetter, SequenceGap
from tests.factories import core
from tests.factories import telemetry as factory
from tests.factories.telemetry import ago
from tests.integration.telemetry.test_api import everywhere
from tests.integration.telemetry.test_mapped_ingest import MAPPING, TOPIC, uplink
from tests.integration.telemetry.test_replaying import arrive

pytestmark = pytest.mark.django_db
SENSORS = [{"key": "pressure_kpa", "quantity": "pressure", "unit": "kPa"}]
DECLARED = {"mapping": MAPPING, "sensors": SENSORS}


@pytest.fixture
def supervisor(client: Client) -> Client:
    client.force_login(everywhere(core.person("s", "supervisor")))
    return client


def send(client: Client, path: str, body: Any, status: int = 200) -> Any:
    answer = client.post(f"/api/v1/{path}", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_family_is_tried_saved_and_read_back(supervisor: Client) -> None:
    tried = {"declaration": DECLARED, "topic": TOPIC, "payload": json.dumps(uplink(1, 5.12))}
    seen = send(supervisor, "device-families/lora/preview/", tried)
    assert [(value["key"], value["value"], value["unit"]) for value in seen["values"]] == [
        ("pressure_kpa", 512.0, "kPa")
    ]
    saved = send(supervisor, "device-families/lora/", {"declaration": DECLARED, "version": 0})
    assert (saved["version"], saved["declaration"]["mapping"]["topic"]) == (1, MAPPING["topic"])
    send(supervisor, "device-families/lora/", {"declaration": DECLARED, "version": 0}, 409)
    send(supervisor, "device-families/lora/", {"declaration": {"mapping": {}}, "version": 1}, 400)
    assert supervisor.get("/api/v1/device-families/").json()["results"] == [saved]


def test_letters_are_read_again_and_set_aside(supervisor: Client) -> None:
    arrive(uplink(1, 1), topic=TOPIC)
    ids = [DeadLetter.objects.get().pk]
    assert send(supervisor, "dead-letters/replay/", {"ids": ids})["refused"] == 1
    assert send(supervisor, "dead-letters/discard/", {"ids": ids, "reason": "essai"}) == {"discarded": 1}


def test_missing_numbers_are_listed(supervisor: Client) -> None:
    device = factory.device()
    SequenceGap.objects.create(
        device=device, first=3, last=6, missing=[[3, 4], [6, 6]], detected_at=ago(5), asks=1
    )
    (gap,) = supervisor.get("/api/v1/sequence-gaps/?device=PL-1&state=open").json()["results"]
    assert (gap["missing"], gap["ranges"], gap["state"]) == (3, [[3, 4], [6, 6]], "open")
    assert supervisor.get("/api/v1/sequence-gaps/?state=filled").json()["results"] == []
