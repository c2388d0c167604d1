"""A vendor's gateway is connected on the pages: heard, mapped, tried, saved, mended, its dead read again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import paho.mqtt.client as mqtt
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.webmap.accessibility import violations
from tests.conftest import RunningPlatform
from tests.integration.telemetry.support import wait_until

pytestmark = pytest.mark.browser

DEVICES = """
version: 1
devices:
  - {{code: {device}, family: {family}, protocol: mqtt, location: {{lon: -2.31, lat: 34.91}}, sensors: []}}
"""


@dataclass
class Gateway:
    """A vendor's gateway that speaks for one device, under the topic of the demo's device for outsiders."""

    platform: RunningPlatform
    code: str = field(default_factory=lambda: f"walk-{uuid4().hex[:6]}")
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        address, who = urlsplit(self.platform.services["MQTT_URL"]), self.platform.demo["device"]
        self.topic = f"telemetry/{who['username']}/{self.code}"
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        self.client.username_pw_set(who["username"], who["password"])
        self.client.connect(address.hostname or "127.0.0.1", address.port or 1883)
        self.client.loop_start()
        wait_until(self.client.is_connected)

    @property
    def device(self) -> str:
        return f"{self.code}-1"

    def send(self, name: str, *, retain: bool = False) -> None:
        """Publish 5.12 bar under a name of the vendor's."""
        at = datetime.now(UTC).isoformat()
        body = {"dev": self.device, "n": next(self.numbers), "time": at, name: 5.12}
        self._publish(json.dumps(body).encode(), retain=retain)

    def forget(self) -> None:
        """Take back what the broker keeps."""
        self._publish(b"", retain=True)

    def _publish(self, payload: bytes, *, retain: bool) -> None:
        self.client.publish(self.topic, payload, qos=1, retain=retain).wait_for_publish(10)


@pytest.fixture
def gateway(running_platform: RunningPlatform) -> Iterator[Gateway]:
    gateway = Gateway(running_platform)
    yield gateway
    gateway.client.disconnect()
    gateway.client.loop_stop()


def fill_family(page: Page, gateway: Gateway, path: str) -> None:
    """Write the family down as its manual tells."""
    names = {
        "code": gateway.code,
        "name_fr": f"Passerelle {gateway.code}",
        "name_ar": f"بوابة {gateway.code}",
    }
    paths = {"topic": gateway.topic, "seq": "$.n", "device": "$.dev", "ts_path": "$.time"}
    for name, text in (names | paths).items():
        page.fill(f"[name={name}]", text)
    for name, text in {"key": "pressure_kpa", "sensor_unit": "kPa", "path": path, "unit": "bar"}.items():
        page.locator(f"[name={name}]").first.fill(text)
    page.locator("[name=quantity]").first.select_option("pressure")


def try_path(page: Page, path: str) -> None:
    """Put the right path in and see that the value would be read."""
    page.locator("[name=path]").first.fill(path)
    page.get_by_test_id("family-preview").click()
    expect(page.get_by_test_id("preview")).to_contain_text("512")


@pytest.mark.parametrize(
    ("language", "width"), [("fr", 1440), pytest.param("ar", 390, marks=pytest.mark.long)]
)
def test_a_family_is_heard_mapped_saved_and_mended_and_its_dead_letters_are_read_again(
    language: str,
    width: int,
    browser: Browser,
    signed_in: Callable[[str], Any],
    gateway: Gateway,
    tmp_path: Path,
) -> None:
    base, complaints = gateway.platform.base_url, list[str]()
    viewport: Any = {"width": width, "height": 900}
    context = browser.new_context(locale="en-US", viewport=viewport, storage_state=signed_in("supervisor"))
    context.add_cookies([{"name": "chabaka_language", "value": language, "url": base}])
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))

    gateway.send("p", retain=True)
    page.goto(f"{base}/telemetry/families/new/")
    fill_family(page, gateway, "$.pression")
    page.get_by_test_id("family-listen").click()
    expect(page.locator("#message")).to_have_value(re.compile(gateway.device))
    expect(page.get_by_test_id("preview")).not_to_contain_text("512")
    gateway.forget()
    try_path(page, "$.p")
    assert violations(page) == []
    page.get_by_test_id("family-save").click()
    page.wait_for_url(f"**/telemetry/families/of/{gateway.code}/")

    file = tmp_path / "devices.yaml"
    file.write_text(DEVICES.format(device=gateway.device, family=gateway.code))
    gateway.platform.manage("import_devices", str(file))
    letters = f"{base}/telemetry/dead-letters/?topic={gateway.code}"

    def has_died() -> bool:
        gateway.send("pressure")  # the vendor's next version names it otherwise
        page.goto(letters)
        return page.get_by_test_id("letter-row").count() > 0

    wait_until(has_died)
    page.goto(f"{base}/telemetry/families/of/{gateway.code}/")
    page.locator("#letter").select_option(index=1)
    try_path(page, "$.pressure")
    page.get_by_test_id("family-save").click()

    page.goto(letters)
    page.wait_for_load_state("networkidle")  # its script ticks every row
    page.locator("[data-tick-all]").check()
    expect(page.locator("[name=ids]").first).to_be_checked()
    page.get_by_test_id("letters-replay").click()
    expect(page.get_by_test_id("letter-row")).to_have_count(0)
    read = page.request.get(f"{base}/api/v1/sensors/{gateway.device}.pressure_kpa/readings/?limit=1").json()
    assert read["results"][0]["value"] == 512
    assert complaints == []
    context.close()
