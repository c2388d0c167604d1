"""From the publisher to the page of the control room in Chromium, at 2,000 messages a second.

Broker, ingester, worker and web process are those of the product; the page shows its list of values, its
map and one sensor's panel. Its own clock, which is the publisher's, says when a value or an alarm stood in
it, and when the frame with it had been drawn. Meanwhile 20 devices take turns in breaking a limit.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.skeleton.latency import launch
from bench.telemetry.inside import summary
from bench.telemetry.latency import DEVICES, PER_S, WARM_UP_S, WATCHED, WINDOW_S, break_limits, publishing
from bench.telemetry.plant import ROOT, Plant, plant
from bench.telemetry.watching import Web, web

SENSOR = "bench-one-7.v0"
# Values stamp themselves with the device's time; of an alarm the sensor and the instant are kept.
WATCH = """
() => {
  const now = () => performance.timeOrigin + performance.now();
  window.seen = { list: [], list_drawn: [], panel: [], panel_drawn: [], alarms: [] };
  const values = (name, root) => new MutationObserver((changes) => {
    const at = changes
      .filter(({ target, oldValue }) => target.dataset.at && target.dataset.at !== oldValue)
      .map(({ target }) => Date.parse(target.dataset.at));
    if (!at.length) return;
    const late = () => at.map((one) => now() - one);
    window.seen[name].push(...late());
    const drawn = () => window.seen[`${name}_drawn`].push(...late());
    requestAnimationFrame(() => requestAnimationFrame(drawn));
  }).observe(root, {
    subtree: true, attributes: true, attributeOldValue: true, attributeFilter: ["data-at"],
  });
  values("list", document.querySelector("#values"));
  values("panel", document.querySelector("[data-testid=sensor-panel]"));
  const standing = new Map();
  const alarms = () => {
    for (const { dataset } of document.querySelectorAll("[data-testid=alarm-row]")) {
      if (standing.get(dataset.alarm) === dataset.state) continue;
      standing.set(dataset.alarm, dataset.state);
      if (dataset.state === "active_unacknowledged") window.seen.alarms.push([dataset.sensor, now()]);
    }
  };
  new MutationObserver(alarms).observe(document.querySelector("#alarms"), {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"],
  });
}
"""


def measure() -> dict[str, Any]:
    """Measure values and alarms in one run."""
    with (
        plant(devices=DEVICES, watched=WATCHED) as running,
        web(running) as there,
        _worker(running),
        running.listening(),
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        try:
            return _measure(running, _console(browser, there))
        finally:
            browser.close()


def _measure(running: Plant, page: Page) -> dict[str, Any]:
    seconds = WARM_UP_S + WINDOW_S
    raised: dict[str, float] = {}
    breaking = threading.Thread(target=lambda: raised.update(break_limits(running.port)))
    with publishing(running, PER_S, seconds) as publisher:
        page.wait_for_timeout(WARM_UP_S * 1000)
        page.evaluate(WATCH)
        breaking.start()
        while publisher.poll() is None:
            page.wait_for_timeout(500)
        breaking.join()
        assert publisher.stdout
        sent = int(publisher.stdout.read().split()[-1])
    page.wait_for_timeout(2000)
    seen = page.evaluate("window.seen")
    return {
        "messages_per_s": round(sent / seconds),
        "published_to_panel": summary(seen["panel"]),
        "published_to_list": summary(seen["list"]),
        "published_to_panel_drawn": summary(seen["panel_drawn"]),
        "published_to_list_drawn": summary(seen["list_drawn"]),
        "alarm_to_list": summary(_delays(raised, seen["alarms"])) | {"raised": len(raised)},
    }


def _delays(raised: dict[str, float], seen: list[tuple[str, float]]) -> list[float]:
    """Return how long after the n-th time a limit was broken the n-th alarm of its sensor was seen (ms)."""
    times: dict[str, list[float]] = defaultdict(list)
    for sensor, at_ms in seen:
        times[sensor].append(at_ms)
    named = ((name.split(" #"), at) for name, at in raised.items())
    return [
        times[sensor][int(turn)] - at * 1000 for (sensor, turn), at in named if len(times[sensor]) > int(turn)
    ]


def _console(browser: Browser, there: Web) -> Page:
    context = browser.new_context(locale="fr-MA", viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": there.session, "url": there.address}])
    page = context.new_page()
    page.goto(f"{there.address}/console/?sensor={SENSOR}")
    page.wait_for_selector("#values .value-row")
    page.wait_for_selector('[data-testid="live-status"][data-live="on"]')
    page.wait_for_selector("[data-testid=sensor-panel] [data-testid=sensor-value]")
    page.fill("#values-filter", "bench-one")
    page.wait_for_selector('#values .value-row [data-sensor^="bench-one"]')
    return page


@contextmanager
def _worker(running: Plant) -> Iterator[None]:
    """Run a worker that also keeps the schedule, meanwhile."""
    schedule = f"{running.env['CHABAKA_RUN_DIR']}/bench/beat"
    command = [sys.executable, "-m", "celery", "--app", "backend.config.celery", "worker", "--beat"]
    command += ["--concurrency", "2", "--schedule", schedule, "--without-gossip", "--without-mingle"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env=running.env, stdout=quiet, stderr=quiet)
    try:
        time.sleep(5)
        yield
    finally:
        process.terminate()
        process.wait(30)
