"""From the click on a sensor to its drawn curve, in Chromium on the running demo (`scripts/up --detach`)."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.skeleton.latency import launch, sign_in
from bench.skeleton.platform import Platform
from bench.telemetry.inside import summary

CLICKS, WARM_UP = 40, 3

# Placed: the curve's canvas came. Drawn: the frame after the next one, in which a browser without a graphics
# card also draws the map. Both as the page's own clock tells.
WATCH = """
() => {
  window.drawn = null;
  let clicked = 0;
  document.querySelector("#values").addEventListener("click", () => (clicked = performance.now()), {
    capture: true, once: true,
  });
  const observer = new MutationObserver(() => {
    if (!clicked || !document.querySelector("[data-testid=sensor-chart] .uplot canvas")) return;
    observer.disconnect();
    window.placed = performance.now() - clicked;
    requestAnimationFrame(() => requestAnimationFrame(() => (window.drawn = performance.now() - clicked)));
  });
  observer.observe(document.body, { subtree: true, childList: true });
}
"""


def measure() -> dict[str, Any]:
    """Open one sensor after the other from the list of values; close its panel in between."""
    platform = Platform.running()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = sign_in(browser.new_context(locale="fr-MA", viewport={"width": 1440, "height": 900}), platform)
        page.goto(f"{platform.base_url}/console/")
        page.wait_for_selector("#values .value-row")
        page.wait_for_selector('[data-testid="live-status"][data-live="on"]')
        times = [_click(page, number) for number in range(CLICKS + WARM_UP)][WARM_UP:]
        browser.close()
    placed, drawn = zip(*times, strict=True)
    return {"canvas_in_the_page": summary(list(placed)), "drawn": summary(list(drawn))}


def _click(page: Page, number: int) -> tuple[float, float]:
    rows = page.locator("#values .value-row")
    row = rows.nth(number % rows.count())
    row.scroll_into_view_if_needed()
    page.evaluate(WATCH)
    row.click()
    deadline = time.monotonic() + 30
    while (drawn := page.evaluate("window.drawn")) is None:
        if time.monotonic() > deadline:
            raise TimeoutError("the curve never came")
        page.wait_for_timeout(20)
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-testid=sensor-panel]", state="detached")
    page.wait_for_timeout(300)
    return float(page.evaluate("window.placed")), float(drawn)
