"""The story that must always work, walked by its people in Chromium on the running demo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.cast import PHONE, Person, by_id, photo
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

ALARM_MS = 120_000
SOON_MS = 45_000
_numbers = count(10)


@contextmanager
def burst(platform: RunningPlatform, pipe: str) -> Iterator[str]:
    """Let a pipe run; whatever happens in the test, repair it."""
    yield platform.manage("burst", pipe, "--flow-m3-h", "60")
    if pipe in platform.manage("burst", pipe, "--flow-m3-h", "1"):
        platform.manage("burst", pipe, "--repair")


def reports_no_water(
    browser: Browser, platform: RunningPlatform, language: str, place: dict[str, Any]
) -> str:
    """Report from a phone in at most four steps, and return the reference."""
    citizen = Person.arrives(
        browser, platform, language=language, viewport=PHONE, java_script_enabled=bool(place.get("lat"))
    )
    if "lat" in place:
        citizen.context.grant_permissions(["geolocation"])
        citizen.context.set_geolocation({"latitude": place["lat"], "longitude": place["lon"]})
    page = citizen.goes("/report/")
    if "lat" in place:
        page.locator("[data-where-locate]").click()
        expect(page.locator("input[name=lat]")).to_have_value(re.compile(r"\d"))
    else:
        page.locator("details.more summary").click()
        page.locator("[name=connection_point]").fill(place["connection_point"])
    citizen.click("report-submit")
    page.locator(f'input[name=category][value="{platform.demo["report_category"]}"]').check()
    citizen.click("report-submit")
    page.locator("[name=text]").fill(
        "Plus d'eau <script>alert(1)</script>" if language == "fr" else "لا ماء منذ ساعة"
    )
    page.locator("[name=phone]").fill(f"06 12 34 56 {next(_numbers)}")
    citizen.click("report-submit")
    citizen.click("report-submit")
    reference = by_id(page, "report-reference").inner_text().strip()
    citizen.leaves()
    return reference


def state_of(person: Person, reference: str) -> str:
    """Return the state of a report as staff read it."""
    return str(person.api(f"/reports/{reference}/")["state"])


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_burst_becomes_an_alarm_an_incident_an_order_a_repair_and_messages(
    browser: Browser, running_platform: RunningPlatform, language: str
) -> None:
    platform, demo = running_platform, running_platform.demo
    supervisor = Person.arrives(browser, platform, language=language, role="supervisor")
    dispatcher = Person.arrives(browser, platform, language=language, role="dispatcher")
    technician = Person.arrives(browser, platform, language=language, role="technician", viewport=PHONE)

    # The supervisor watches a quiet map.
    console = supervisor.goes("/console/")
    expect(by_id(console, "live-status")).to_have_attribute("data-live", "on", timeout=SOON_MS)
    point = dispatcher.api(f"/connection-points/{demo['connection_point']}/")
    lon, lat = point["geometry"]["coordinates"]
    before = complaints(supervisor, demo["zone"])

    with burst(platform, demo["pipe"]) as told:
        assert "below its limit" in told
        # The alarm stands on the console without a reload, and is acknowledged there.
        expect(by_id(console, "alarm-row").first).to_be_visible(timeout=ALARM_MS)
        acknowledge_all(console)

        # Three people report from their phones: two by their position, one without JavaScript.
        references = [
            reports_no_water(browser, platform, language, {"lat": lat, "lon": lon}),
            reports_no_water(browser, platform, "ar", {"lat": lat + 0.0001, "lon": lon}),
            reports_no_water(browser, platform, "fr", {"connection_point": demo["connection_point"]}),
        ]

        # The platform proposes one incident; the dispatcher accepts it and says when water is back.
        desk = dispatcher.goes("/dispatch/")
        expect(by_id(desk, "proposal-row").first).to_be_visible(timeout=SOON_MS)
        incident = accept_proposal(dispatcher)
        tell_restoration(dispatcher)

        # Valves closed, one order, given to the technician.
        dispatcher.click("transition-isolated")
        dispatcher.click("order-create")
        choose_technician(dispatcher, technician)
        dispatcher.click("order-assign")
        order = desk.url

        # The technician does it from the phone.
        technician.goes("/field/")
        technician.click("order-row")
        for state in ("accepted", "en_route", "on_site"):
            technician.click(f"transition-{state}")
        by_id(technician.page, "order-photo").set_input_files(photo())
        expect(technician.page.locator(".photos img").first).to_be_visible(timeout=SOON_MS)
        by_id(technician.page, "order-note").fill("Manchon posé, vannes rouvertes.")
        technician.click("order-note-add")
        technician.click("transition-work_done")
        assert {state_of(dispatcher, one) for one in references} == {"in_progress"}

        # Someone else verifies; closing the order has not repaired the pipe.
        dispatcher.page.goto(order)
        dispatcher.click("transition-verified")
        platform.manage("burst", demo["pipe"], "--repair")

    # Pressure returns, the alarms clear, the incident is restored and closed, and so are the reports.
    all_clear(console)
    dispatcher.page.goto(incident)
    dispatcher.click("transition-restored")
    dispatcher.page.goto(incident)
    dispatcher.click("transition-closed")
    for reference in references:
        expect_state(dispatcher, reference, {"resolved", "closed"})

    # People were told, each in their language, and the zone counts three complaints more.
    sms = dispatcher.goes("/demo/sms/")
    expect(sms.locator('[data-testid="sms"] [lang="ar"]').first).to_be_visible(timeout=SOON_MS)
    bodies = " ".join(by_id(sms, "sms").all_inner_texts())
    for reference in references:
        assert bodies.count(reference) >= 3, f"{reference}: received, under way, restored"
    assert complaints(supervisor, demo["zone"]) == before + 3
    expect(by_id(supervisor.goes(f"/zones/{demo['zone']}/"), "zone-complaints")).to_be_visible()
    for person in (supervisor, dispatcher, technician):
        person.leaves()


def acknowledge_all(console: Page) -> None:
    """Acknowledge every alarm that waits for it: events at once, then what stands alone."""
    for testid in ("group-ack", "alarm-ack"):
        waiting = by_id(console, testid)
        while left := waiting.count():
            waiting.first.click()
            expect(waiting).not_to_have_count(left, timeout=SOON_MS)


def all_clear(console: Page) -> None:
    """Wait until no alarm is left, and acknowledge what clears unseen meanwhile."""
    rows = by_id(console, "alarm-row")
    for _ in range(ALARM_MS // 1000):
        acknowledge_all(console)
        if not rows.count():
            return
        console.wait_for_timeout(1000)
    expect(rows).to_have_count(0)


def complaints(person: Person, zone: str) -> int:
    """Count the complaints of the last year in a zone."""
    series = person.api(f"/zones/{zone}/complaints/")["series"]
    return int(sum(bucket["value"] or 0 for bucket in series))


def accept_proposal(dispatcher: Person) -> str:
    """Accept the first proposal, again where evidence came to it meanwhile; return the incident's page."""
    for _ in range(5):
        with dispatcher.page.expect_navigation():
            by_id(dispatcher.page, "proposal-accept").first.click()
        if "/incidents/" in dispatcher.page.url:
            return dispatcher.page.url
    raise AssertionError(f"never accepted: {dispatcher.page.locator('[role=alert]').all_inner_texts()}")


def tell_restoration(dispatcher: Person) -> None:
    """Confirm, isolate and say when supply is back."""
    dispatcher.click("transition-confirmed")
    dispatcher.page.locator("#expected_at").evaluate(
        """(field) => {
          const at = new Date(Date.now() + 2 * 3600 * 1000);
          field.value = new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
        }"""
    )
    dispatcher.click("restoration-tell")


def choose_technician(dispatcher: Person, technician: Person) -> None:
    """Tick the technician, suggested or among the others."""
    name = (technician.page.locator(".fold-note").first.text_content() or "").strip()
    choice = dispatcher.page.locator("label.choice", has_text=name).first
    if not choice.is_visible():
        dispatcher.page.locator("#assign details summary").click()
    choice.click()


def expect_state(person: Person, reference: str, states: set[str]) -> None:
    """Wait until a report is in one of these states: the cascade runs in the worker."""
    for _ in range(60):
        if state_of(person, reference) in states:
            return
        person.page.wait_for_timeout(500)
    raise AssertionError(f"{reference} is {state_of(person, reference)}, not one of {sorted(states)}")
