"""Registers tried out over the API: pasted words, and a live device."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.factories import telemetry as factory
from tests.factories.core import hicham, salma
from tests.integration.telemetry.modbus_support import Station
from tests.integration.telemetry.test_api import everywhere

pytestmark = pytest.mark.django_db
URL = "/api/v1/register-previews/"


@pytest.fixture
def client() -> APIClient:
    client = APIClient()
    client.force_authenticate(everywhere(salma()))
    return client


def values(body: dict[str, Any], kind: str) -> dict[str, float | None]:
    return {guess["order"]: guess["value"] for guess in body["guesses"] if guess["type"] == kind}


def test_pasted_words_are_shown_in_all_four_orders(client: APIClient) -> None:
    words = list(struct.unpack(">HH", struct.pack("<f", 12.5)))
    answer = client.post(URL, {"words": words}, format="json")
    assert answer.status_code == 200
    floats = values(answer.json(), "float32")
    assert set(floats) == {"ABCD", "CDAB", "BADC", "DCBA"}
    assert floats["DCBA"] == 12.5


def test_registers_of_a_device_are_read_now_and_shown(client: APIClient) -> None:
    words = list(struct.unpack(">HH", struct.pack(">f", 12.5)))
    station = Station({3: {10: words}}).start()
    try:
        endpoint = {"endpoint": station.url, "unit": 3, "timeout_s": 2}
        factory.device("STATION", protocol="modbus", modbus=endpoint)
        answer = client.post(URL, {"device": "STATION", "address": 10, "count": 2}, format="json")
        assert answer.json()["words"] == words
        assert values(answer.json(), "float32")["ABCD"] == 12.5
        refused = client.post(URL, {"device": "STATION", "address": 400}, format="json")
        assert refused.status_code == 400
        assert "illegal_address" in refused.json()["title"]
    finally:
        station.close()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"words": []}, 400),
        ({"words": [70000]}, 400),
        ({"device": "NOBODY", "address": 1}, 404),
        ({"device": "NOBODY", "address": 65535, "count": 2}, 404),
        ({"device": "LOGGER", "address": 1}, 404),
    ],
)
def test_what_cannot_be_tried_is_refused(client: APIClient, body: dict[str, Any], status: int) -> None:
    factory.device("LOGGER")
    assert client.post(URL, body, format="json").status_code == status


def test_a_dispatcher_may_not_ask_devices(client: APIClient) -> None:
    client.force_authenticate(hicham())
    assert client.post(URL, {"words": [1]}, format="json").status_code == 403
