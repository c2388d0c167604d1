"""From the sensor to the screen: publish to DOM change in Chromium, of a reading and of an alarm."""

from __future__ import annotations

import json
import os
import statistics
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from bench.skeleton.platform import Platform

READING = "outside-1.pressure_kpa"
ACKNOWLEDGED = {"active_unacknowledged": "active_acknowledged", "cleared_unacknowledged": "normal"}
CHROMIUM = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]

# Both clocks are this machine's: the page stamps what it sees with the same epoch as the publisher.
WATCH = """
([selector, attribute]) => {
  window.seen = [];
  const note = () => {
    for (const element of document.querySelectorAll(selector)) {
      const mark = element.getAttribute(attribute);
      if (mark !== null && !window.seen.some((one) => one.mark === mark))
        window.seen.push({ mark, at: performance.timeOrigin + performance.now() });
    }
  };
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
  note();
}
"""


def summary(samples_ms: list[float]) -> dict[str, float]:
    """Return p50, p95, the largest and the number of a list of milliseconds."""
    ordered = sorted(samples_ms)
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[max(0, round(0.95 * len(ordered)) - 1)], 1),
        "max_ms": round(ordered[-1], 1),
        "samples": len(ordered),
    }


class Outsider:
    """Publishes as `outside-1`, without sequence numbers: a measurement leaves no gap behind it."""

    def __init__(self, platform: Platform) -> None:
        self._code = platform.demo["device"]["code"]
        self._client = platform.publisher("bench-latency")
        self._lock = threading.Lock()

    def publish(self, at: datetime | None = None, **values: float) -> float:
        """Publish values measured now (or at an instant) and return the epoch in milliseconds just before."""
        with self._lock:
            stamp = (at or datetime.now(UTC)).isoformat(timespec="microseconds")
            body = json.dumps({"ts": stamp, "values": values})
            before = time.time() * 1000
            self._client.publish(f"telemetry/{self._code}", body, qos=1)
        return before

    def keep_busy(self, per_second: float, stop: threading.Event) -> threading.Thread:
        """Publish flow values at a steady rate until told to stop: the load beside the measurement."""

        def run() -> None:
            due = time.monotonic()
            while not stop.is_set():
                self.publish(flow_l_s=10 + (due % 5))
                due += 1 / per_second
                stop.wait(max(0.0, due - time.monotonic()))

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def close(self) -> None:
        """Send what is left and leave."""
        self._client.loop_stop()
        self._client.disconnect()


def launch(playwright: Playwright) -> Browser:
    """Start a browser that draws maps without a graphics card."""
    path = os.environ.get("CHABAKA_BROWSER", "/usr/bin/chromium")
    return playwright.chromium.launch(executable_path=path, args=CHROMIUM)


def sign_in(context: BrowserContext, platform: Platform) -> Page:
    """Return a page signed in as the supervisor."""
    page = context.new_page()
    username, password = platform.account("supervisor")
    page.goto(f"{platform.base_url}/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    return page


def reading_to_screen(page: Page, outsider: Outsider, platform: Platform, samples: int) -> dict[str, float]:
    """Publish distinct values and read when each reached the sensor's value on the console."""
    page.goto(f"{platform.base_url}/console/?sensor={READING}")
    selector = f'[data-testid="sensor-value"][data-sensor="{READING}"]'
    outsider.publish(pressure_kpa=500)
    page.wait_for_selector(selector)
    page.wait_for_selector('[data-testid="live-status"][data-live="on"]')
    page.evaluate(WATCH, [selector, "data-value"])
    sent: dict[str, float] = {}
    for number in range(samples):
        value = round(500 + number / 1000 + 0.0001, 4)
        sent[repr(value)] = outsider.publish(pressure_kpa=value)
        page.wait_for_timeout(257)  # prime to the stream's rhythm, so that phases are sampled evenly
    page.wait_for_timeout(2000)
    seen = {one["mark"]: one["at"] for one in page.evaluate("window.seen")}
    delays = [seen[mark] - at for mark, at in sent.items() if mark in seen]
    return {**summary(delays), "published": len(sent)}


def alarm_to_screen(page: Page, outsider: Outsider, platform: Platform, samples: int) -> dict[str, float]:
    """Break the low limit, and read how long after the end of the on-delay the alarm stands in the list."""
    request, base = page.context.request, platform.base_url
    rule = _low_rule(request, base)
    low, normal, on_delay = rule["limit"] - 50, rule["limit"] + 200, rule["on_delay_s"]
    page.goto(f"{base}/console/")
    page.wait_for_selector('[data-testid="live-status"][data-live="on"]')
    row = f'[data-testid="alarm-row"][data-sensor="{READING}"]'
    delays: list[float] = []
    for _ in range(samples):
        outsider.publish(pressure_kpa=normal)
        _settle(page, base, row)
        page.evaluate(WATCH, [row, "data-alarm"])
        broken_at = outsider.publish(at=datetime.now(UTC), pressure_kpa=low)
        _wait_until_seen(page, seconds=on_delay + 30)
        delays.append(page.evaluate("window.seen[0].at") - broken_at - on_delay * 1000)
        outsider.publish(at=datetime.now(UTC) + timedelta(milliseconds=1), pressure_kpa=normal)
    return {**summary(delays), "on_delay_s": on_delay}


def _wait_until_seen(page: Page, *, seconds: float) -> None:
    # Not wait_for_function: the pages' content security policy refuses its eval.
    deadline = time.monotonic() + seconds
    while not page.evaluate("window.seen.length"):
        if time.monotonic() > deadline:
            raise TimeoutError("the alarm never reached the screen")
        page.wait_for_timeout(50)


def _low_rule(request: Any, base: str) -> dict[str, Any]:
    sensor = request.get(f"{base}/api/v1/sensors/{READING}/").json()
    return next(limit for limit in sensor["properties"]["limits"] if limit["kind"] == "low")


def _settle(page: Page, base: str, row: str) -> None:
    """Acknowledge what stands of the sensor's alarms and wait until none is left."""
    deadline = time.monotonic() + 90
    while rows := page.locator(row).all():
        if time.monotonic() > deadline:
            raise TimeoutError("an alarm of an earlier run does not clear")
        for standing in rows:
            if (standing.get_attribute("data-state") or "").endswith("unacknowledged"):
                _acknowledge(page, base, standing.get_attribute("data-alarm") or "")
        page.wait_for_timeout(500)


def _acknowledge(page: Page, base: str, alarm_id: str) -> None:
    address = f"{base}/api/v1/alarms/{alarm_id}/"
    alarm = page.context.request.get(address).json()["properties"]
    to = ACKNOWLEDGED.get(alarm["state"])
    if to is None:
        return
    token = next(c["value"] for c in page.context.cookies() if c["name"] == "csrftoken")
    answer = page.context.request.post(
        f"{address}transitions/",
        data={"to": to, "version": alarm["version"]},
        headers={"X-CSRFToken": token, "Referer": base},
    )
    if not answer.ok and answer.status != 409:
        raise RuntimeError(f"{address}: {answer.status} {answer.text()}")


def measure(*, readings: int = 300, alarms: int = 12, load_per_second: float = 50) -> dict[str, Any]:
    """Measure both latencies on the running demo with a stated load beside it."""
    platform = Platform.running()
    outsider, stop = Outsider(platform), threading.Event()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = sign_in(browser.new_context(locale="fr-MA", viewport={"width": 1440, "height": 900}), platform)
        busy = outsider.keep_busy(load_per_second, stop)
        result = {
            "reading_publish_to_screen": reading_to_screen(page, outsider, platform, readings),
            "alarm_end_of_on_delay_to_screen": alarm_to_screen(page, outsider, platform, alarms),
            "load": {"messages_per_second_beside": load_per_second, "simulated_field": "running"},
        }
        stop.set()
        busy.join()
        browser.close()
    outsider.close()
    return result
