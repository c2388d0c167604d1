"""The quality queue in Chromium, in both languages: looked at, repaired, set aside, taken back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.acceptance.webmap.accessibility import violations
from tests.acceptance.webmap.conftest import Walk

pytestmark = pytest.mark.browser


def rows(walk: Walk) -> Locator:
    return walk.page.get_by_test_id("finding-row")


def shown(walk: Walk, check: str, number: int, state: str = "open") -> None:
    """Show the findings of a check in the walk's network, and count them."""
    walk.go(f"/network/quality/?network={walk.network}&check={check}&state={state}")
    expect(rows(walk)).to_have_count(number)


def state_of(walk: Walk, check: str) -> dict[str, str]:
    found = walk.api(f"quality-findings/?network={walk.network}&check={check}")["features"]
    return {one["properties"]["subject_code"]: one["properties"]["state"] for one in found}


def test_a_network_is_checked_and_its_faults_are_shown_repaired_and_set_aside(walk: Walk) -> None:
    page = walk.go(f"/network/quality/?network={walk.network}")
    expect(page.get_by_test_id("never-checked")).to_be_visible()
    page.get_by_test_id("check-first").click()
    expect(rows(walk).first).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("check-last")).to_be_visible()
    page.locator("#filter-check").select_option("dangling_end")
    page.locator(".quality-filter .btn").click()
    expect(rows(walk)).to_have_count(3)
    assert violations(page) == []
    look_at_the_place(walk)
    repair_two_by_the_name_of_their_repair(walk)
    set_one_aside_and_take_that_back(walk)
    repair_one_and_undo_it(walk)


def look_at_the_place(walk: Walk) -> None:
    """The map opens where the findings lie; the row of one leads to its place, nearer."""
    frame, row = walk.page.locator("#quality-map"), rows(walk).first
    expect(frame).to_have_attribute("data-view", re.compile(r"^1[5-7]\.\d -2\.(28|29)"), timeout=30_000)
    row.locator("[data-place]").click()
    expect(row).to_have_attribute("data-pointed", "")
    expect(frame).to_have_attribute("data-view", re.compile(r"^18\.0 "), timeout=30_000)


def repair_two_by_the_name_of_their_repair(walk: Walk) -> None:
    for row in rows(walk).all()[:2]:
        row.locator("input[type=checkbox]").check()
    walk.page.get_by_test_id("bulk-repair").click()
    expect(rows(walk)).to_have_count(1)
    assert sorted(state_of(walk, "dangling_end").values()) == ["open", "repaired", "repaired"]
    marked = [walk.element("junction", code)["attributes"].get("capped") for code in ("b", "c", "g")]
    assert marked.count(True) == 2


def set_one_aside_and_take_that_back(walk: Walk) -> None:
    page, reason = walk.page, "Vu en 2019 · شوهد"
    rows(walk).locator("details", has=page.get_by_test_id("finding-ignore")).locator("summary").click()
    rows(walk).locator("textarea").fill(reason)
    page.get_by_test_id("finding-ignore").click()
    expect(rows(walk)).to_have_count(0)
    shown(walk, "dangling_end", 1, state="ignored")
    expect(rows(walk)).to_contain_text(reason)
    page.get_by_test_id("finding-reopen").click()
    expect(rows(walk)).to_have_count(0)
    assert sorted(state_of(walk, "dangling_end").values()) == ["open", "repaired", "repaired"]


def repair_one_and_undo_it(walk: Walk) -> None:
    shown(walk, "unsnapped_end", 1)
    walk.page.get_by_test_id("finding-repair").click()
    expect(rows(walk)).to_have_count(0)
    assert walk.element("pipe", "p1-2")["network"] == walk.network, "the pipe was cut where the end joins it"
    assert state_of(walk, "island") == {"x": "gone"}
    shown(walk, "unsnapped_end", 1, state="repaired")
    walk.page.get_by_test_id("finding-reopen").click()
    expect(rows(walk)).to_have_count(0)
    assert walk.element("pipe", "p1-2") == 404
    assert state_of(walk, "unsnapped_end") == {"x": "open"}
