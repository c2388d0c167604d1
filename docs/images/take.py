"""Take the pictures of the guide anew, of a demo town that runs and in which nothing else happened.

scripts/up --reset --detach
.venv/bin/python docs/images/take.py .run
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[1] / "scripts")]

from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from tests.acceptance.cast import PHONE, Person, by_id  # noqa: E402
from tests.acceptance.test_story import (  # noqa: E402
    ALARM_MS,
    SOON_MS,
    burst,
    choose_technician,
    reports_no_water,
)
from tests.conftest import CHROMIUM_ARGUMENTS, RunningPlatform, as_outsider  # noqa: E402


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = os.environ.get("CHABAKA_BROWSER") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


def take(page: Page, name: str) -> None:
    """Keep what the window shows, once fonts and tiles are there."""
    page.wait_for_timeout(4_000)
    page.mouse.move(0, 0)
    shown = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    shown.quantize(256).save(HERE / f"{name}.png", optimize=True)
    sys.stdout.write(f"{name}.png\n")


def main(run_dir: Path) -> None:
    platform = as_outsider(run_dir)
    demo = platform.demo
    with chromium() as browser:
        dispatcher = Person.arrives(browser, platform, language="fr", role="dispatcher")
        point = dispatcher.api(f"/connection-points/{demo['connection_point']}/")
        lon, lat = point["geometry"]["coordinates"]
        of_the_public(browser, platform, lon, lat)
        with burst(platform, demo["pipe"]):
            of_staff(browser, platform, dispatcher, lon, lat)


def of_the_public(browser: Browser, platform: RunningPlatform, lon: float, lat: float) -> None:
    """The pages for people: the first question of a report in Arabic, the figures of a zone in French."""
    phone = Person.arrives(browser, platform, language="ar", viewport=PHONE)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": lat, "longitude": lon, "accuracy": 5})
    page = phone.goes("/report/")
    page.locator("[data-where-locate]").click()
    expect(page.locator("input[name=lat]")).not_to_have_value("")
    take(page, "report")
    zone = Person.arrives(browser, platform, language="fr").goes(f"/zones/{platform.demo['zone']}/")
    while not zone.locator(".plot, [data-plot]").count():
        zone.wait_for_timeout(5_000)  # the worker has yet to add up the year that was brought in
        zone.reload()
    take(zone, "zone")


def of_staff(browser: Browser, platform: RunningPlatform, dispatcher: Person, lon: float, lat: float) -> None:
    """The pages that staff work with: an alarm at night, a proposal at the desk, an order on the phone."""
    demo = platform.demo
    supervisor = Person.arrives(browser, platform, language="fr", role="supervisor", color_scheme="dark")
    console = supervisor.goes("/console/")
    alarm = by_id(console, "alarm-row").filter(has_text=demo["sensor"].split(".")[0]).first
    alarm.click(timeout=ALARM_MS)
    expect(by_id(console, "sensor-panel")).to_be_visible()
    take(console, "console")

    for number in range(3):
        reports_no_water(browser, platform, "fr", {"lat": lat + number / 10_000, "lon": lon})
    desk = dispatcher.goes("/dispatch/")
    expect(by_id(desk, "proposal-row").first).to_be_visible(timeout=SOON_MS)
    take(desk, "dispatch")

    dispatcher.click("proposal-accept")
    if "/incidents/" not in desk.url:
        dispatcher.click("incident-row")
    dispatcher.click("transition-confirmed")
    dispatcher.click("order-create")
    technician = Person.arrives(browser, platform, language="fr", role="technician", viewport=PHONE)
    technician.goes("/field/")
    choose_technician(dispatcher, technician)
    dispatcher.click("order-assign")
    technician.goes("/field/")
    technician.click("order-row")
    take(technician.page, "field")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".run").resolve())
