"""The control room in Chromium, on the running demo."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.acceptance.webmap.accessibility import violations
from tests.acceptance.webmap.conftest import sign_in
from tests.conftest import RunningPlatform

pytestmark = pytest.mark.browser

LIVE = "[data-testid=live-status]"
# A second stream of the page's own person, to know that a value has been sent on the first.
WATCH = """wanted => new Promise(open => {
  const stream = new EventSource("/live/");
  stream.addEventListener("snapshot", open);
  stream.addEventListener("reading", event => event.data.includes(wanted) && console.log(wanted));
})"""


@pytest.fixture
def page(browser: Browser, supervisor: Any) -> Iterator[Page]:
    context = browser.new_context(
        locale="fr-MA", viewport={"width": 1440, "height": 900}, storage_state=supervisor
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def errors(page: Page) -> list[str]:
    """Whatever the page complains of: a refused script or style is a complaint."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    return found


@pytest.fixture
def console(page: Page, running_platform: RunningPlatform, errors: list[str]) -> Page:
    page.goto(f"{running_platform.base_url}/console/")
    expect(page.locator(f"{LIVE}[data-live=on]")).to_be_visible(timeout=20_000)
    return page


@pytest.fixture
def outside(running_platform: RunningPlatform) -> Iterator[paho.Client]:
    """The demo's device for outsiders, connected to the broker as itself."""
    device = running_platform.demo["device"]
    address = urlsplit(running_platform.services["MQTT_URL"])
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="acceptance")
    client.username_pw_set(device["username"], device["password"])
    client.connect(address.hostname or "127.0.0.1", address.port or 1883)
    client.loop_start()
    yield client
    client.loop_stop()
    client.disconnect()


def publish(client: paho.Client, **values: float) -> None:
    body: dict[str, Any] = {"ts": datetime.now(UTC).isoformat(), "values": values}
    client.publish("telemetry/outside-1", json.dumps(body), qos=1).wait_for_publish(5)


def test_a_value_published_moves_on_the_screen_without_a_reload(console: Page, outside: paho.Client) -> None:
    value = console.locator("#values [data-testid=sensor-value][data-sensor='outside-1.pressure_kpa']")
    for pressure in (401.5, 398.25):
        publish(outside, pressure_kpa=pressure)
        expect(value).to_have_attribute("data-value", str(pressure))
    assert value.get_attribute("data-at")


def test_the_first_view_draws_every_pipe_and_line_of_the_town(
    page: Page, running_platform: RunningPlatform
) -> None:
    kinds: list[str] = []
    page.on("response", lambda got: "/tiles/links/" in got.url and kinds.append(got.headers["chabaka-tile"]))
    with page.expect_response("**/tiles/links/**"):
        page.goto(f"{running_platform.base_url}/console/")
    page.wait_for_timeout(2_000)  # the other tiles of the view
    assert set(kinds) == {"whole"}


def test_a_value_faster_than_the_list_of_sensors_is_not_lost(
    page: Page, running_platform: RunningPlatform, outside: paho.Client
) -> None:
    pressure = 400.25 + int(datetime.now(UTC).timestamp()) % 200  # never the value already there
    held: list[Route] = []
    page.route("**/api/v1/sensors/**", lambda route: held.append(route))
    page.goto(f"{running_platform.base_url}/console/")
    expect(page.locator(f"{LIVE}[data-live=on]")).to_be_visible(timeout=20_000)
    answers = [(route, route.fetch()) for route in held]
    page.evaluate(WATCH, str(pressure))
    with page.expect_event("console", lambda message: str(pressure) in message.text, timeout=20_000):
        publish(outside, pressure_kpa=pressure)
    for route, answer in answers:
        route.fulfill(response=answer)
    value = page.locator("#values [data-testid=sensor-value][data-sensor='outside-1.pressure_kpa']")
    expect(value).to_have_attribute("data-value", str(pressure))


def test_the_keys_and_the_list_do_not_wait_for_the_map(page: Page, running_platform: RunningPlatform) -> None:
    held: list[Route] = []
    page.route("**/*.woff2", lambda route: held.append(route))  # the map waits for its letters
    page.goto(f"{running_platform.base_url}/console/", wait_until="commit")
    expect(page.locator(f"{LIVE}[data-live=on]")).to_be_visible(timeout=20_000)
    page.keyboard.press("l")
    expect(page.locator("#twin-panel table tbody tr").first).to_be_visible()
    assert page.locator("#map canvas").count() == 0
    for route in held:
        route.abort()


def test_a_screen_shows_where_a_value_lies_and_sends_its_view_by_address(
    console: Page, running_platform: RunningPlatform, browser: Browser, errors: list[str]
) -> None:
    console.locator("#values-filter").fill("PL-n1")
    console.locator("#values .value-row").first.click()
    expect(console.get_by_test_id("sensor-panel")).to_be_visible()
    expect(console.get_by_test_id("sensor-chart").locator("canvas")).to_be_visible(timeout=10_000)
    address = console.url
    assert "sel=sensor:PL-n1" in address

    console.goto("about:blank")
    console.goto(address)
    expect(console.get_by_test_id("sensor-panel")).to_be_visible()
    assert errors == []


def test_everything_on_the_map_is_also_in_a_table_by_keyboard(console: Page) -> None:
    console.keyboard.press("l")
    table = console.locator("#twin-panel table")
    expect(table.locator("tbody tr").first).to_be_visible()
    console.keyboard.type("PL-n1")
    expect(table.locator("tbody tr").first).to_contain_text("PL-n1")
    console.get_by_role("button", name="Valeur").click()
    expect(table.locator("th[aria-sort=ascending]")).to_contain_text("Valeur")
    table.locator("tbody tr button").first.focus()
    console.keyboard.press("Enter")
    expect(console.get_by_test_id("sensor-panel")).to_be_visible()
    console.keyboard.press("Escape")
    expect(console.locator("#twin-panel")).to_be_hidden()


def test_the_search_box_finds_a_pipe_and_the_tool_tells_how_to_isolate_it(
    console: Page, running_platform: RunningPlatform
) -> None:
    pipe = running_platform.demo["pipe"]
    console.keyboard.press("/")
    console.keyboard.type(pipe)
    console.locator("#search-hits [role=option]", has_text=re.compile(f"^{pipe}Conduite")).click()
    expect(console.get_by_test_id("element-panel")).to_contain_text(pipe)
    console.get_by_test_id("isolate").click()
    expect(console.get_by_test_id("trace-result").locator(".valve-list li").first).to_be_visible()


def test_the_trace_tool_explains_itself_and_works_without_a_mouse(
    console: Page, running_platform: RunningPlatform
) -> None:
    pipe = running_platform.demo["pipe"]
    console.keyboard.press("t")
    panel = console.get_by_test_id("trace-panel")
    expect(panel).to_contain_text("Choisissez un lieu")
    console.keyboard.press("/")
    console.keyboard.type(pipe)
    console.locator("#search-hits [role=option]", has_text=re.compile(f"^{pipe}Conduite")).wait_for()
    console.keyboard.press("ArrowDown")
    console.keyboard.press("Enter")
    expect(console.get_by_test_id("trace-says")).to_contain_text("Fermez ")
    expect(console).to_have_url(re.compile(f"trace=isolation:ltown/pipe~{pipe}"))
    closing = panel.locator(".valve-list li", has=console.locator(".trace-skip")).first
    unusable = closing.locator("bdi").inner_text()
    closing.locator(".trace-skip").press("Enter")
    expect(panel.locator(".flash")).to_contain_text("inutilisables")
    expect(console.get_by_test_id("trace-says")).not_to_contain_text(f"{unusable}.")
    console.get_by_test_id("trace-kind").select_option("upstream")
    expect(console.get_by_test_id("trace-says")).to_contain_text("Alimenté depuis R")
    console.reload()
    expect(console.get_by_test_id("trace-says")).to_contain_text("Alimenté depuis R")
    console.get_by_test_id("trace-kind").blur()
    console.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_a_zone_says_what_it_consumed_and_what_people_complained_of(
    console: Page, running_platform: RunningPlatform
) -> None:
    zone = running_platform.demo["zone"]
    console.goto(f"{running_platform.base_url}/console/?zone={zone}")
    panel = console.get_by_test_id("zone-panel")
    expect(panel).to_have_attribute("data-zone", zone)
    expect(panel).to_contain_text("Signalements")
    expect(panel.locator(".loading-lines")).to_have_count(0)


def test_the_screen_says_so_when_the_line_is_cut_and_recovers(console: Page) -> None:
    console.context.set_offline(True)
    expect(console.locator(f"{LIVE}[data-live=off]")).to_be_visible(timeout=10_000)
    expect(console.locator("#offline")).to_be_visible()
    console.context.set_offline(False)
    expect(console.locator(f"{LIVE}[data-live=on]")).to_be_visible(timeout=20_000)
    expect(console.locator("#offline")).to_be_hidden()


def test_in_arabic_the_screen_is_mirrored_and_time_still_runs_left_to_right(
    console: Page, running_platform: RunningPlatform, errors: list[str]
) -> None:
    console.goto(f"{running_platform.base_url}/console/?lang=ar&sensor=PL-n1.pressure_kpa")
    expect(console.locator("html")).to_have_attribute("dir", "rtl")
    lists, panel = console.locator("#deck").bounding_box(), console.locator("#inspector").bounding_box()
    assert lists is not None
    assert panel is not None
    assert lists["x"] > panel["x"]
    expect(console.locator(".plot").first).to_have_css("direction", "ltr")
    assert errors == []


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_overflows(console: Page, width: int) -> None:
    console.set_viewport_size({"width": width, "height": 844})
    assert console.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("role", ["citizen", "technician"])
def test_others_than_the_control_room_are_kept_out(
    browser: Browser, running_platform: RunningPlatform, role: str
) -> None:
    page = browser.new_page()
    sign_in(page, running_platform, role)
    response = page.goto(f"{running_platform.base_url}/console/")
    assert response is not None
    assert response.status == 403
    page.close()


@pytest.mark.parametrize(("language", "theme"), [("fr", "light"), ("ar", "dark")])
def test_nothing_keeps_anyone_out(
    browser: Browser, running_platform: RunningPlatform, supervisor: Any, language: str, theme: str
) -> None:
    context = browser.new_context(storage_state=supervisor, bypass_csp=True)
    page = context.new_page()
    cookie = {"url": running_platform.base_url}
    context.add_cookies([{"name": "chabaka_theme", "value": theme, **cookie}])
    context.add_cookies([{"name": "chabaka_language", "value": language, **cookie}])
    for address in ("/console/?sensor=PL-n1.pressure_kpa", "/styleguide/"):
        page.goto("about:blank")
        page.goto(f"{running_platform.base_url}{address}")
        if "console" in address:
            expect(page.locator(f"{LIVE}[data-live=on]")).to_be_visible(timeout=20_000)
        assert violations(page) == [], address
    context.close()
