"""A shift at the alarms, walked in Chromium on the demo: what comes in by MQTT ends in the journal."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from backend.core import clock
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(300)]

DEVICE, PRESSURE, FLOW = "outside-1", "outside-1.pressure_kpa", "outside-1.flow_l_s"
CALM = {"pressure_kpa": 400.0, "flow_l_s": 10.0}
WORDS = {
    "fr": {"folded": "+ 2", "priority": "Priorité", "note": "Équipe prévenue, vanne à contrôler"},
    "ar": {"folded": "+ 2", "priority": "الأولوية", "note": "أُبلغ الفريق، صمام للفحص"},
}
# A console sounds by an oscillator: counted here, heard there.
COUNT_SOUNDS = """
window.sounds = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.sounds += 1; return start.apply(this, when); };
"""


class Shift:
    """A supervisor at the console, and the device outside that publishes."""

    def __init__(self, page: Page, platform: RunningPlatform, language: str, device: paho.Client) -> None:
        self.page, self.platform, self.device = page, platform, device
        self.words = WORDS[language]
        self.sounded = 0

    def go(self, path: str) -> None:
        self.page.goto(f"{self.platform.base_url}{path}")

    def measures(self, **values: float) -> None:
        body = {"ts": datetime.now(UTC).isoformat(), "values": values}
        self.device.publish(f"telemetry/{DEVICE}", json.dumps(body), qos=1).wait_for_publish(5)

    def row(self, sensor: str) -> Locator:
        return self.page.locator(f"[data-testid=alarm-row][data-sensor='{sensor}']")

    def sounds(self, *, at_least: int) -> None:
        """Wait until it has sounded so often since the last time this was asked."""
        wanted = self.sounded + at_least
        self.page.wait_for_function("wanted => window.sounds >= wanted", arg=wanted, timeout=30_000)
        self.sounded = int(self.page.evaluate("window.sounds"))

    def is_silent(self) -> bool:
        return int(self.page.evaluate("window.sounds")) == self.sounded

    def calls_again_after(self, minutes: str) -> str:
        """Write on its page when priority 1 calls again; return what was there."""
        page = self.page.context.new_page()
        page.goto(f"{self.platform.base_url}/telemetry/alarms/calls/")
        field = page.locator("#id_p1-repeat_min")
        before = field.input_value()
        field.fill(minutes)
        page.get_by_test_id("escalation-save").click()
        expect(page.locator("[data-testid=changes] li").first).to_be_visible()
        page.close()
        return before

    def calms_down(self) -> None:
        """Let the device measure what is normal, and answer for what it has raised, until nothing is left."""
        self.measures(**CALM)
        answers = {"active_unacknowledged": "active_acknowledged", "cleared_unacknowledged": "normal"}
        rows = self.page.locator(f"[data-testid=alarm-row][data-sensor^='{DEVICE}.']")
        for _ in range(60):
            found = [one for sensor in (PRESSURE, FLOW) for one in self.alarms(sensor)]
            for alarm in found:
                if to := answers.get(alarm["state"]):
                    path = f"alarms/{alarm['id']}/transitions/"
                    self.api("POST", path, to=to, version=alarm["version"])
            if not found:
                break
            self.page.wait_for_timeout(500)
        expect(rows).to_have_count(0, timeout=20_000)

    def api(self, method: str, path: str, **data: Any) -> Any:
        """Ask the API, as the person at the console."""
        cookies = {one["name"]: one["value"] for one in self.page.context.cookies()}
        token = next(value for name, value in cookies.items() if "csrf" in name)
        headers = {"X-CSRFToken": token, "Referer": self.platform.base_url}
        url = f"{self.platform.base_url}/api/v1/{path}"
        answer = self.page.request.fetch(url, method=method, headers=headers, data=data or None)
        assert answer.ok, answer.text()
        return answer.json() if answer.status != 204 else None

    def alarms(self, sensor: str) -> list[Any]:
        """Return the alarms of a sensor that are not normal."""
        found = self.api("GET", f"alarms/?sensor={sensor}")["features"]
        alarms = [one["properties"] | {"id": one["id"]} for one in found]
        return [one for one in alarms if one["state"] != "normal"]


@pytest.fixture(params=["fr", "ar"])
def shift(
    request: pytest.FixtureRequest, browser: Browser, supervisor: Any, running_platform: RunningPlatform
) -> Iterator[Shift]:
    """Begin a shift over a calm device; leave it calm, with the rules and times of before."""
    with ExitStack() as after:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, storage_state=supervisor)
        after.callback(context.close)
        cookie = {"name": "chabaka_language", "value": request.param, "url": running_platform.base_url}
        context.add_cookies([cookie])
        context.add_init_script(COUNT_SOUNDS)
        device = connected(running_platform, after)
        shift = Shift(context.new_page(), running_platform, request.param, device)
        shift.go("/console/")
        expect(shift.page.locator("[data-testid=live-status][data-live=on]")).to_be_visible(timeout=20_000)
        with_quick_rules(shift, after)
        after.callback(shift.calls_again_after, shift.calls_again_after("0.1"))
        shift.calms_down()
        after.callback(shift.measures, **CALM)
        yield shift


def connected(platform: RunningPlatform, after: ExitStack) -> paho.Client:
    account, address = platform.demo["device"], urlsplit(platform.services["MQTT_URL"])
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="shift")
    client.username_pw_set(account["username"], account["password"])
    client.connect(address.hostname or "127.0.0.1", address.port or 1883)
    client.loop_start()
    after.callback(client.disconnect)
    after.callback(client.loop_stop)
    return client


def with_quick_rules(shift: Shift, after: ExitStack) -> None:
    """Let the device's alarms clear within a second, and add an urgent one, for the time of the shift."""
    change: Callable[..., Any] = shift.api
    for rule in change("GET", "alarm-rules/?limit=200")["results"]:
        if rule["active"] and rule["sensor"] in (PRESSURE, FLOW):
            path = f"alarm-rules/{rule['id']}/"
            written = change("PATCH", path, version=rule["version"], on_delay_s=1, off_delay_s=1)
            before = {name: rule[name] for name in ("on_delay_s", "off_delay_s")}
            after.callback(change, "PATCH", path, version=written["version"], **before)
    very_low = {"kind": "very_low", "limit": 100, "priority": 1, "on_delay_s": 1, "off_delay_s": 1}
    urgent = change("POST", "alarm-rules/", sensor=PRESSURE, code=f"shift-{clock.now():%H%M%S}", **very_low)
    after.callback(change, "DELETE", f"alarm-rules/{urgent['id']}/", version=urgent["version"])


def test_a_shift_hears_answers_shelves_and_leaves_it_all_in_the_journal(shift: Shift) -> None:
    shift.page.locator("#sound").click()
    shift.sounds(at_least=1)
    began = clock.now()
    it_comes_in_sounds_once_and_is_acknowledged_with_a_note(shift)
    it_is_shelved_for_a_time_and_comes_back(shift)
    a_burst_is_one_line_and_calls_until_somebody_answers(shift)
    the_journal_holds_it_all(shift, began)


def it_comes_in_sounds_once_and_is_acknowledged_with_a_note(shift: Shift) -> None:
    page, row = shift.page, shift.row(FLOW)
    shift.measures(flow_l_s=80.0)
    expect(row).to_be_visible(timeout=20_000)
    shift.sounds(at_least=1)
    shift.measures(flow_l_s=81.0)
    expect(page.locator(f"#values [data-sensor='{FLOW}']")).to_have_attribute("data-value", "81")
    # By the keyboard: into the panel, past its cross to the note, to the button; the card keeps the focus.
    row.locator(".row").press("Enter")
    expect(page.get_by_test_id("sensor-panel")).to_be_focused()
    for keys in ("Tab", "Tab"):
        page.keyboard.press(keys)
    expect(page.get_by_test_id("alarm-note")).to_be_focused()
    page.keyboard.type(shift.words["note"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row).to_have_attribute("data-state", "active_acknowledged")
    expect(page.locator(".alarm-card")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row.locator(".row")).to_be_focused()
    shift.measures(flow_l_s=10.0)
    expect(row).to_have_count(0, timeout=20_000)
    assert shift.is_silent()


def it_is_shelved_for_a_time_and_comes_back(shift: Shift) -> None:
    page, row = shift.page, shift.row(PRESSURE)
    shift.measures(pressure_kpa=150.0)
    expect(row).to_be_visible(timeout=20_000)
    shift.sounds(at_least=1)
    row.locator(".row").click()
    panel = page.get_by_test_id("sensor-panel")
    panel.get_by_test_id("transition-shelved").click()
    page.locator("#reason").fill("Travaux sur la conduite")
    page.locator("dialog #hours").select_option("1")
    page.locator("dialog .btn-primary").click()
    expect(row).to_have_attribute("data-state", "shelved")
    back = panel.get_by_test_id("transition-active_unacknowledged")
    back.click()
    if page.locator("dialog .btn-primary").count():
        page.locator("dialog .btn-primary").click()
    expect(row).to_have_attribute("data-state", "active_unacknowledged")
    shift.sounds(at_least=1)
    # An hour is too long to wait for: two seconds end by themselves as well.
    [alarm], until = shift.alarms(PRESSURE), (clock.now() + timedelta(seconds=2)).isoformat()
    told = {"to": "shelved", "reason": "Essai", "until": until, "version": alarm["version"]}
    shift.api("POST", f"alarms/{alarm['id']}/transitions/", **told)
    expect(row).to_have_attribute("data-state", "shelved")
    expect(row).to_have_attribute("data-state", "active_unacknowledged", timeout=20_000)
    shift.sounds(at_least=1)
    row.get_by_test_id("alarm-ack").click()
    shift.measures(pressure_kpa=400.0)
    expect(row).to_have_count(0, timeout=20_000)


def a_burst_is_one_line_and_calls_until_somebody_answers(shift: Shift) -> None:
    page = shift.page
    shift.measures(pressure_kpa=50.0, flow_l_s=80.0)
    fold = page.get_by_test_id("group-fold")
    expect(fold).to_contain_text(shift.words["folded"], timeout=30_000)
    rows = page.locator(f"[data-testid=alarm-row][data-sensor^='{DEVICE}.']")
    expect(rows).to_have_count(1)
    fold.click()
    expect(rows).to_have_count(3)
    expect(rows.locator(".row-why").first).not_to_be_empty()
    shift.sounded = int(page.evaluate("window.sounds"))
    shift.sounds(at_least=1)  # nobody answers: it calls again
    page.get_by_test_id("group-ack").click()
    for place in range(3):
        expect(rows.nth(place)).to_have_attribute("data-state", "active_acknowledged")
    shift.measures(**CALM)
    expect(rows).to_have_count(0, timeout=30_000)


def the_journal_holds_it_all(shift: Shift, began: datetime) -> None:
    shift.go(f"/telemetry/alarms/journal/?sensor={DEVICE}")
    with shift.page.expect_download() as taken:
        shift.page.locator("a[href*='journal.csv']").click()
    text = taken.value.path().read_text(encoding="utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(text)))
    assert shift.words["priority"] in head
    mine = [row for row in rows if row[0] >= f"{began:%Y-%m-%dT%H:%M:%SZ}"]
    assert shift.words["note"] in [row[10] for row in mine]
    shelved = [row for row in mine if row[10] == "Travaux sur la conduite"]
    assert len(shelved) == 1
    assert re.match(r"\d{4}-\d\d-\d\dT", shelved[0][11])
    # Raised, answered, ended; raised, shelved, back, shelved, back, answered, ended; three of a burst.
    assert len(mine) == 3 + 7 + 9
