"""An element edited in the console, in both languages: saved, contested by somebody else, in its history."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.webmap.conftest import Walk

pytestmark = pytest.mark.browser

PATCH = """async ([path, body, version]) => {
  const token = document.cookie.match(/csrf[a-z]*=([^;]+)/)[1];
  const headers = {"Content-Type": "application/json", "If-Match": `"${version}"`, "X-CSRFToken": token};
  return (await fetch(path, {method: "PATCH", headers, body: JSON.stringify(body)})).status;
}"""


def edit(page: Page, diameter: str) -> None:
    page.get_by_test_id("edit").click()
    page.locator("#edit-diameter_mm").fill(diameter)


def test_an_edit_is_saved_and_one_that_comes_second_shows_both_versions(walk: Walk) -> None:
    page = walk.go(f"/console/#sel=element:{walk.network}/pipe/p3")
    panel = page.get_by_test_id("element-panel")
    expect(panel.locator("dl.facts")).to_contain_text("100", timeout=20_000)
    edit(page, "110")
    page.locator("dialog button[type=submit]").click()
    expect(panel.locator("dl.facts")).to_contain_text("110")
    assert walk.element("pipe", "p3")["diameter_mm"] == 110

    edit(page, "125")
    seen = walk.element("pipe", "p3")["version"]
    address = f"/api/v1/links/p3/?network={walk.network}&kind=pipe"
    assert page.evaluate(PATCH, [address, {"diameter_mm": 160}, seen]) == 200
    page.locator("dialog button[type=submit]").click()
    conflict = page.get_by_test_id("edit-conflict")
    expect(conflict).to_contain_text("160")
    expect(conflict).to_contain_text("125")
    assert walk.element("pipe", "p3")["diameter_mm"] == 160, "nothing is overwritten unasked"
    conflict.locator("input[value=yours]").check()
    conflict.locator("button[type=submit]").click()
    expect(panel.locator("dl.facts")).to_contain_text("125")
    assert walk.element("pipe", "p3")["diameter_mm"] == 125

    panel.get_by_test_id("element-history").locator("summary").click()
    changes = panel.locator(".changes li")
    expect(changes.first).to_contain_text("125")
    expect(changes.nth(1)).to_contain_text("160")
    expect(changes.nth(2)).to_contain_text("110")
