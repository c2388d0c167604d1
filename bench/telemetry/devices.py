"""Ten thousand devices: their list as a page and over the API, the search, and their layer on the map."""

from __future__ import annotations

import http.client
import time
from typing import Any
from urllib.parse import urlsplit

import psycopg
from playwright.sync_api import Browser, Page, sync_playwright

from bench.skeleton.latency import launch
from bench.telemetry.inside import summary
from bench.telemetry.plant import plant
from bench.telemetry.watching import Web, web

DEVICES, TIMES, OPENINGS = 10_000, 40, 5
# Nine in ten are heard; some are late, silent or never heard, some have a low battery or a number missing.
FLEET = """
INSERT INTO telemetry_device (code, name, protocol, family, modbus, active, version, duplicates, conflicts,
    out_of_order, quarantined, clock_reason, last_error, last_seen_at, geom)
SELECT 'bench-' || n, 'Enregistreur ' || n, 'mqtt', 'logger-' || n % 7, '{}', true, 1, 0, 0, 0, 0, '', '',
    CASE WHEN n % 50 <> 0 THEN now() - make_interval(
        secs => CASE n % 20 WHEN 1 THEN 100 WHEN 2 THEN 5000 ELSE n % 50 END) END,
    ST_Point(-2.345 + n % 125 * 0.0003, 34.914 + n / 125 * 0.0003, 4326)
FROM generate_series(1, 10000) AS n;
INSERT INTO telemetry_sensor (device_id, key, code, quantity, unit, name_fr, name_ar, expected_interval_s,
    cumulative, field, scale, "offset", register, states, active, geom)
SELECT id, kind.key, code || '.' || kind.key, kind.quantity, kind.unit, '', '', 60,
    false, kind.key, 1, 0, '{}', '{}', true, geom
FROM telemetry_device CROSS JOIN
    (VALUES ('pressure_kpa', 'pressure', 'kPa', 1), ('battery', 'battery', '%', 10))
    AS kind (key, quantity, unit, each)
WHERE id % kind.each = 0;
INSERT INTO telemetry_latestreading (sensor_id, at, received_at, value, quality, stale, reason)
SELECT id, now(), now(), 5 + device_id / 10 % 90, 192, false, '' FROM telemetry_sensor;
INSERT INTO telemetry_sequencegap (device_id, first, last, missing, detected_at, asks)
SELECT id, 10, 12, '[[10, 12]]', now(), 1 FROM telemetry_device WHERE id % 100 = 3;
ANALYZE;
"""
PATHS = {
    "page": "/telemetry/devices/",
    "page_of_a_state": "/telemetry/devices/?state=stale",
    "page_of_a_problem": "/telemetry/devices/?problem=battery",
    "page_searched": "/telemetry/devices/?q=bench-99",
    "last_page": "/telemetry/devices/?page=200",
    "page_of_one": "/telemetry/devices/bench-77/",
    "api_100": "/api/v1/devices/?limit=100",
    "api_2000": "/api/v1/devices/?limit=2000",
    "api_of_a_state": "/api/v1/devices/?limit=100&state=stale",
    "api_of_a_problem": "/api/v1/devices/?limit=100&problem=battery",
    "api_searched": "/api/v1/devices/?limit=100&q=bench-99",
    "api_health_of_one": "/api/v1/devices/bench-77/health/",
    "search": "/api/v1/search/?q=bench-99",
    "search_by_name": "/api/v1/search/?q=enregistreur%2077",
}


# The layer is drawn when the whole list has come and the map has stood still for a second since.
WATCH = """
(() => {
  window.lastFrame = 0;
  const clear = WebGL2RenderingContext.prototype.clear;
  WebGL2RenderingContext.prototype.clear = function (mask) {
    window.lastFrame = performance.now();
    return clear.call(this, mask);
  };
})();
"""
TURN_ON = """
() => {
  performance.clearResourceTimings();
  const began = performance.now();
  document.querySelector("[data-layer=devices]").click();
  return began;
}
"""
FETCHED = f"""
() => {{
  const all = performance.getEntriesByType("resource");
  const came = all.filter(({{ name }}) => name.includes("/api/v1/devices/"));
  return came.length < {DEVICES} / 2000 ? null : Math.max(...came.map(({{ responseEnd }}) => responseEnd));
}}
"""
STILL = "performance.now() - window.lastFrame > 1000"


def measure() -> dict[str, Any]:
    """Ask for each address, one request at a time, then open the layer on the page of the control room."""
    with plant(devices=0) as running, web(running) as there:
        with psycopg.connect(running.database, autocommit=True) as db:
            db.execute(FLEET)
        figures: dict[str, Any] = {name: summary(_times(there, path)) for name, path in PATHS.items()}
        with sync_playwright() as playwright:
            browser = launch(playwright)
            try:
                layer = _layers(browser, there)
            finally:
                browser.close()
    return {"devices": DEVICES, **figures, "layer_on_the_map": layer}


def _times(there: Web, path: str) -> list[float]:
    """Ask for an address again and again, over one connection; the first answer is not counted."""
    address = urlsplit(there.address)
    connection = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=60)
    taken = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": f"sessionid={there.session}"})
        answer = connection.getresponse()
        body = answer.read()
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
    return taken[1:]


def _layers(browser: Browser, there: Web) -> dict[str, Any]:
    """Turn the layer of devices on in the control room, each time on a page made anew."""
    opened = [_layer(browser, there) for _ in range(OPENINGS)]
    fetched, drawn = zip(*opened, strict=True)
    return {"devices_in_the_page": summary(list(fetched)), "drawn": summary(list(drawn))}


def _layer(browser: Browser, there: Web) -> tuple[float, float]:
    context = browser.new_context(locale="fr-MA", viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": there.session, "url": there.address}])
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{there.address}/console/")
    page.wait_for_selector("#values .value-row", timeout=60_000)
    _wait_for_stillness(page)
    page.locator("details:has(#layers) summary").click()
    began = page.evaluate(TURN_ON)
    while (fetched := page.evaluate(FETCHED)) is None or page.evaluate("window.lastFrame") < fetched:
        page.wait_for_timeout(100)
    _wait_for_stillness(page)
    drawn = page.evaluate("window.lastFrame")
    context.close()
    return fetched - began, drawn - began


def _wait_for_stillness(page: Page) -> None:
    while not page.evaluate(STILL):
        page.wait_for_timeout(100)
