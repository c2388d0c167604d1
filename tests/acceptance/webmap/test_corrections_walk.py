"""What a technician found otherwise than drawn, from the phone to the office, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.acceptance.webmap.accessibility import violations
from tests.acceptance.webmap.conftest import Walk

pytestmark = pytest.mark.browser


def say(phone: Walk, kind: str, code: str, **values: str) -> None:
    """Correct an element as a technician does."""
    page = phone.go(f"/field/corrections/{phone.network}/{kind}/{code}/")
    page.wait_for_load_state("networkidle")  # its script takes the form over
    for field, value in values.items():
        page.fill(f"[name={field}]", value)
    page.get_by_test_id("correction-send").click()


def waiting(office: Walk, code: str, state: str = "waiting") -> Locator:
    """Return the corrections of an element of this walk, in the office."""
    page = office.go(f"/network/corrections/?state={state}")
    mine = page.get_by_test_id("correction").filter(has_text=office.network)
    return mine.filter(has=page.get_by_text(code, exact=True))


def test_a_correction_waits_is_accepted_or_refused_and_the_network_says_so(
    walk: Walk, walker: Callable[[str], Walk]
) -> None:
    phone = walker("technician")
    say(phone, "pipe", "p5", diameter_mm="deux", note="Vu en fouille")
    expect(phone.page.locator("[data-testid=outbox-row][data-state=refused]")).to_be_visible()
    expect(phone.page.locator("[name=diameter_mm]")).to_have_value("deux")
    phone.page.fill("[name=diameter_mm]", "150,5")
    phone.page.get_by_test_id("correction-send").click()
    expect(phone.page.get_by_test_id("correction-sent")).to_be_visible()
    say(phone, "pipe", "p6", diameter_mm="63")
    expect(phone.page.get_by_test_id("correction-sent")).to_be_visible()

    sheet = waiting(walk, "p5")
    expect(sheet).to_contain_text("Vu en fouille")
    assert violations(walk.page) == []
    assert walk.element("pipe", "p5")["diameter_mm"] == 100, "the survey stands until it is accepted"
    sheet.get_by_test_id("correction-accept").click()
    expect(waiting(walk, "p5", "accepted")).to_have_count(1)
    assert walk.element("pipe", "p5")["diameter_mm"] == 150.5

    sheet = waiting(walk, "p6")
    sheet.locator("summary").click()
    sheet.locator("input[name=reason]").fill("Relevé en 2025")
    sheet.get_by_test_id("correction-refuse").click()
    expect(waiting(walk, "p6", "refused")).to_contain_text("Relevé en 2025")
    assert walk.element("pipe", "p6")["diameter_mm"] == 100
    assert phone.complaints == []
