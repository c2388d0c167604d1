"""Zones in Chromium, in both languages: drawn on the map, split, joined and ended; proposals taken."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from backend.core import clock
from tests.acceptance.webmap.accessibility import violations
from tests.acceptance.webmap.conftest import Walk

pytestmark = pytest.mark.browser

ROW = re.compile(r'data-testid="zone-row">.*?<bdi class="mono muted" dir="ltr">([^<]+)', re.DOTALL)
CORNERS = ((0.35, 0.35), (0.65, 0.35), (0.65, 0.65), (0.35, 0.65))


def days_ago(number: int) -> date:
    return clock.local_day(clock.now()) - timedelta(days=number)


def draw(page: Page, mode: str, *places: tuple[float, float]) -> None:
    """Click on the map at shares of its width and height, then end the drawing."""
    frame = page.locator(f"[data-zone-map][data-drawing={mode}]")
    expect(frame).to_be_visible(timeout=30_000)
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box is not None
    for across, down in places:
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
        page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
    page.keyboard.press("Enter")
    expect(page.locator("[data-outline]")).not_to_have_value("")


def since(page: Page, day: date, field: str = "#id_at") -> None:
    page.fill(field, f"{day:%d/%m/%Y}")


def in_force(walk: Walk, day: date, text: str) -> set[str]:
    """Return the codes that the list shows of those in force on a day."""
    listed = walk.page.request.get(f"{walk.base_url}/network/zones/?at={day:%d/%m/%Y}&q={text}").text()
    return set(ROW.findall(listed))


def test_a_zone_is_drawn_split_joined_and_ended_each_as_of_a_day(walk: Walk) -> None:
    code = f"z-{walk.network[5:]}"
    page = walk.go("/network/zones/draw/")
    draw(page, "polygon", *CORNERS)
    page.fill("#id_code", code)
    page.locator("#id_kind").select_option("district")
    page.fill("#id_name_fr", "Quartier d’essai")
    page.fill("#id_name_ar", "حي تجريبي")
    since(page, days_ago(20))
    page.locator("[name=neighbours][value=overlap]").check()
    page.get_by_test_id("zone-save").click()
    page.wait_for_url(f"**/zones/of/{code}/**")
    outline = walk.api(f"zones/{code}/")["geometry"]
    assert len(outline["coordinates"][0]) == len(CORNERS) + 1
    parts = split(walk, code)
    whole = join(walk, code, parts)
    assert in_force(walk, days_ago(15), code) == {code}
    assert in_force(walk, days_ago(8), code) == set(parts)
    assert in_force(walk, days_ago(4), code) == {whole}
    end(walk, whole)
    assert in_force(walk, days_ago(0), code) == set()
    assert in_force(walk, days_ago(4), code) == {whole}, "its past stays"


def split(walk: Walk, code: str) -> list[str]:
    page = walk.go(f"/network/zones/of/{code}/split/")
    draw(page, "line", (0.5, 0.02), (0.5, 0.98))
    since(page, days_ago(10))
    page.get_by_test_id("zone-save").click()
    page.wait_for_url(lambda url: "/split/" not in url)
    expect(page.get_by_test_id("zone-periods").locator("li")).to_have_count(1)
    after = page.get_by_test_id("zone-after").locator("a")
    expect(after).to_have_count(2)
    return [(link.get_attribute("href") or "").rstrip("/").split("/")[-1] for link in after.all()]


def join(walk: Walk, code: str, parts: list[str]) -> str:
    page = walk.go(f"/network/zones/of/{parts[0]}/")
    form = page.locator("details", has=page.get_by_test_id("zone-merge"))
    form.locator("summary").click()
    form.locator("#merge_others").fill(parts[1])
    form.locator("#merge_code").fill(parts[1])
    form.locator("#merge_name_fr").fill("Quartier réuni")
    form.locator("#merge_name_ar").fill("حي موحد")
    since(page, days_ago(6), "#merge_at")
    page.get_by_test_id("zone-merge").click()
    expect(page.get_by_test_id("refusal")).to_be_visible()
    expect(page.locator("#merge_name_fr")).to_have_value("Quartier réuni")
    page.locator("#merge_code").fill(f"{code}-whole")
    page.get_by_test_id("zone-merge").click()
    page.wait_for_url(f"**/zones/of/{code}-whole/**")
    expect(page.get_by_test_id("zone-before").locator("a")).to_have_count(2)
    return f"{code}-whole"


def end(walk: Walk, code: str) -> None:
    page = walk.go(f"/network/zones/of/{code}/")
    form = page.locator("details", has=page.get_by_test_id("zone-close"))
    form.locator("summary").click()
    since(page, days_ago(2), "#close_at")
    page.get_by_test_id("zone-close").click()
    expect(page.get_by_test_id("zone-redraw")).to_have_count(0)


def test_what_the_network_proposes_becomes_a_zone(walk: Walk) -> None:
    page = walk.go("/network/zones/proposals/")
    page.locator("#id_network").select_option(walk.network)
    page.fill("#id_fewest", "1")
    page.get_by_test_id("propose").click()
    row = page.get_by_test_id("proposal-row").filter(has_text=walk.network).filter(has_text="v1").first
    expect(row).to_be_visible()
    assert violations(page) == []
    code = row.locator("th bdi.mono").inner_text()
    row.locator("input[type=checkbox]").check()
    page.get_by_test_id("proposal-draw").click()
    expect(page.get_by_test_id("proposal-row").filter(has_text=walk.network)).to_have_count(2)
    expect(page.get_by_test_id("proposal-row").get_by_text(code, exact=True)).to_have_count(0)
    zone = walk.api(f"zones/{code}/")["properties"]
    assert (zone["kind"], zone["utility"]) == ("dma", "water")
    assert code in in_force(walk, days_ago(0), code)
