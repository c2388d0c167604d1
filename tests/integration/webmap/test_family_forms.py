"""The form of a family gives back what it shows: saved as it is opened, nothing of the family changes."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from telemetry.domain.device_file import FamilyEntry
from telemetry.domain.device_reader import read_family
from telemetry.models import DeviceFamily
from telemetry.services import save_family
from tests.factories.core import salma
from tests.integration.telemetry.test_api import everywhere

pytestmark = pytest.mark.django_db

LIMITS = [
    {"kind": "high", "code": "burst", "limit": 12.5, "priority": 1, "on_delay_s": 10,
     "response_fr": "Fermer.\nDire."},
    {"kind": "no_change", "limit": 0.1, "window_s": 3600},
    {"kind": "expression", "limit": 3, "window_s": 600, "aggregate": "mean", "op": "lt", "active": False},
    {"kind": "discrepancy", "limit": 4, "other": "state", "deadband": 0.5},
]  # fmt: skip
FLOW: dict[str, Any] = {
    "key": "flow", "quantity": "flow", "unit": "L/s", "name_fr": "Débit", "name_ar": "الصبيب",
    "expected_interval_s": 30, "cumulative": True, "deadband": 0.5, "heartbeat_s": 300, "valid_min": -5,
    "valid_max": 0, "alarms": LIMITS,
}  # fmt: skip
STATE: dict[str, Any] = {
    "key": "state",
    "quantity": "state",
    "unit": "state",
    "states": {"0": "closed", "2": "open"},
}
OFF: dict[str, Any] = {"key": "spare", "quantity": "other", "unit": "1", "active": False}
NAMES = {"name_fr": "Automate", "name_ar": "متحكم"}
REGISTERS: list[dict[str, Any]] = [
    {"table": "holding", "address": 0, "type": "float32", "word_order": "little", "scale": 0.1, "offset": 4},
    {"table": "discrete", "address": 0, "type": "bool"},
    {"table": "input", "address": 7, "mask": 0xFF0, "sentinels": [65535, -1]},
]
FAMILIES: dict[str, dict[str, Any]] = {
    "modbus": {
        "modbus": {"interval_s": 2, "max_gap": 0},
        "sensors": [
            one | {"modbus": where} for one, where in zip((FLOW, STATE, OFF), REGISTERS, strict=True)
        ],
    },
    "sparkplug": {
        "expected_interval_s": 90,
        "sensors": [FLOW | {"sparkplug": {"metric": "Pump/Flow", "scale": 100}}, STATE, OFF],
    },
    "mqtt": {
        "mapping": {
            "topic": "t/{device}",
            "ts": {"path": "$.t", "format": "epoch_s"},
            "quality": {"path": "$.q", "words": {"ok": 192}, "otherwise": 0},
            "values": {"flow": {"path": "$.f", "unit": "m3/h", "scale": 2},
                       "state": {"path": "$.s", "words": {"on": 2}}},
        },
        "sensors": [FLOW, STATE, OFF],
    },
}  # fmt: skip


class Sent(HTMLParser):
    """Collect what a browser would send of the family's form."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.select = self.area = ""
        self.is_in = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.is_in = self.is_in or (tag == "form" and "family-form" in told.get("class", ""))
        if not self.is_in:
            return
        kind, name = told.get("type", ""), told.get("name", "")
        if tag == "input" and name and (kind != "checkbox" or "checked" in told):
            self._send(name, told.get("value", ""))
        elif tag == "select":
            self.select = name
            self.first = True
        elif tag == "option" and self.select and ("selected" in told or self.first):
            self.first or self.fields[self.select].pop()
            self._send(self.select, told.get("value", ""))
            self.first = False
        elif tag == "textarea":
            self.area = name
            self._send(name, "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area][-1] += data.replace("\n", "\r\n")  # as browsers do

    def handle_endtag(self, tag: str) -> None:
        self.is_in = self.is_in and tag != "form"
        self.select = "" if tag == "select" else self.select
        self.area = "" if tag == "textarea" else self.area

    def _send(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)


@pytest.mark.parametrize("protocol", list(FAMILIES))
def test_a_family_saved_as_it_was_opened_does_not_change(client: Client, protocol: str) -> None:
    entry = read_family("kind", {"protocol": protocol} | NAMES | FAMILIES[protocol])
    assert isinstance(entry, FamilyEntry), entry
    save_family(code="kind", entry=entry, version=0)
    before = DeviceFamily.objects.get()
    client.force_login(everywhere(salma()))
    page = "/telemetry/families/of/kind/"
    for language in ("fr", "ar"):
        read = Sent()
        read.feed(client.get(f"{page}?lang={language}").content.decode())
        assert client.post(page, read.fields | {"action": "save"}).status_code == 302
        after = DeviceFamily.objects.get()
        assert after.declaration == before.declaration
        assert after.version == before.version
