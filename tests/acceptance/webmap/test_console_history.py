"""The past in the control room, in French and Arabic: a curve, several beside each other, the map then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import RunningPlatform

FLOW = "STATION-PUMP.flow_l_s"


@pytest.fixture(params=["fr", pytest.param("ar", marks=pytest.mark.long)])
def console(
    request: pytest.FixtureRequest, browser: Browser, running_platform: RunningPlatform
) -> Iterator[Page]:
    """The control room of a supervisor, with a sensor's curve open; it may complain of nothing."""
    sensor = running_platform.demo["sensor"]
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{running_platform.base_url}/accounts/login/?lang={request.param}")
    page.click("[data-testid=demo-supervisor]")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto(f"{running_platform.base_url}/console/?sensor={sensor}")
    expect(page.locator("[data-testid=sensor-chart] .uplot")).to_be_visible(timeout=30_000)
    yield page
    assert errors == []
    context.close()


def points(page: Page) -> int:
    box = page.locator("[data-testid=sensor-chart] .chart-box[data-points]")
    return int(box.get_attribute("data-points") or 0)


def test_a_curve_is_zoomed_compared_and_laid_beside_another(
    console: Page, running_platform: RunningPlatform
) -> None:
    chart = console.locator("[data-testid=sensor-chart]")
    assert points(console) > 0
    with console.expect_response(re.compile("/readings/")) as zoomed:
        plot = chart.locator(".u-over").bounding_box()
        assert plot
        console.mouse.move(plot["x"] + plot["width"] * 0.5, plot["y"] + 50)
        console.mouse.down()
        console.mouse.move(plot["x"] + plot["width"] * 0.98, plot["y"] + 60, steps=4)
        console.mouse.up()
    body = zoomed.value.json()
    asked = datetime.fromisoformat(body["to"]) - datetime.fromisoformat(body["from"])
    assert timedelta(hours=2) < asked < timedelta(hours=4)
    with console.expect_response(re.compile("/readings/")):
        console.select_option("[data-testid=chart-compare]", "day")
    expect(chart.locator(".uplot")).to_be_visible()
    console.click("[data-testid=to-trend]")
    console.fill("[data-testid=trend-add]", FLOW)
    with console.expect_response(re.compile(r"/api/v1/readings/\?sensors=.*,")) as laid:
        console.press("[data-testid=trend-add]", "Enter")
    assert [one["sensor"] for one in laid.value.json()["series"]] == [running_platform.demo["sensor"], FLOW]
    expect(console.locator("#trend-panel .uplot")).to_be_visible()
    expect(console.locator(".trend-chips li")).to_have_count(2)
    expect(console).to_have_url(re.compile("trend="))
    with console.expect_download() as saved:
        console.click("#trend-panel a[download]")
    assert "STATION-PUMP.flow_l_s" in saved.value.path().read_text()


def test_the_map_goes_back_in_time_and_returns(console: Page) -> None:
    value = console.locator("[data-testid=sensor-panel] [data-testid=sensor-value]")
    expect(value).not_to_have_attribute("data-at", "")
    console.click("#replay")
    expect(console.locator("#replay-bar")).to_have_attribute("data-shown", re.compile("T"))
    slider = console.locator("[data-testid=replay-slider]")
    before = console.locator("#replay-bar").get_attribute("data-shown")
    slider.focus()
    slider.press("ArrowLeft")
    expect(console.locator("#replay-bar")).not_to_have_attribute("data-shown", before or "")
    shown = console.locator("#replay-bar").get_attribute("data-shown") or ""
    at = value.get_attribute("data-at")
    assert not at or at <= shown
    expect(console).to_have_url(re.compile("at=20"))
    expect(console.locator("[data-testid=replay-at]")).not_to_be_empty()
    console.click("[data-testid=replay-leave]")
    expect(console.locator("#replay-bar")).to_be_hidden()
    expect(value).to_have_attribute("data-at", re.compile(f"^{datetime.now(UTC):%Y-%m-%d}"))
