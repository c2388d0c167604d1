"""Devices by their health: from the layer of the map and its list to a device, and on to its page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import RunningPlatform


@pytest.mark.parametrize("language", ["fr", pytest.param("ar", marks=pytest.mark.long)])
def test_a_device_is_found_on_the_map_and_in_the_list_and_followed_to_its_page(
    language: str, browser: Browser, running_platform: RunningPlatform, signed_in: Callable[[str], Any]
) -> None:
    code = running_platform.demo["sensor"].partition(".")[0]
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, storage_state=signed_in("supervisor")
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{running_platform.base_url}/console/?lang={language}")
    page.locator("details:has(#layers) > summary").click(timeout=30_000)
    with page.expect_response(re.compile(r"/api/v1/devices/\?")):
        page.locator("#layers [data-layer=devices]").check()
    expect(page).to_have_url(re.compile("show=devices"))
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    page.locator("[data-which=devices]").click()
    row = page.locator("#twin-panel tr", has=page.get_by_role("button", name=code, exact=True))
    row.get_by_role("button").press("Enter")
    page.keyboard.press("l")
    panel = page.locator("[data-testid=device-panel]")
    expect(panel.locator("[data-testid=device-state]")).to_have_attribute("data-state", re.compile("."))
    panel.locator("a.btn-primary").click()
    expect(page).to_have_url(re.compile(f"/telemetry/devices/{code}/"))
    expect(page.locator("[data-testid=device] time[data-since]").first).to_be_visible()
    page.locator(".back-link a").click()
    expect(page.locator("[data-testid=device-row]").first).to_be_visible()
    assert complaints == []
    context.close()
