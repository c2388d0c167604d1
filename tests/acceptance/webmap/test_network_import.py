"""A network brought by its file in Chromium, in both languages: sent in pieces, checked, imported, undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.webmap.accessibility import violations
from tests.acceptance.webmap.conftest import sign_in
from tests.conftest import RunningPlatform
from tests.factories.models import published_model

pytestmark = pytest.mark.browser


@pytest.fixture(params=["fr", pytest.param("ar", marks=pytest.mark.long)])
def page(
    request: pytest.FixtureRequest, browser: Browser, running_platform: RunningPlatform
) -> Iterator[Page]:
    """A supervisor's page at the import, on a phone in Arabic and on a desk in French."""
    width = 390 if request.param == "ar" else 1440
    context = browser.new_context(locale="fr-MA", viewport={"width": width, "height": 900})
    page = context.new_page()
    sign_in(page, running_platform)
    page.goto(f"{running_platform.base_url}/network/import/?lang={request.param}")
    yield page
    context.close()


def test_a_model_is_sent_checked_imported_and_undone(page: Page, tmp_path: Path) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    code = f"walk-{uuid4().hex[:8]}"
    file = tmp_path / f"{code}.inp"
    file.write_bytes(published_model("Net3").read_bytes())
    page.set_input_files("#file", str(file))
    page.click("[data-testid=import-send]")
    for field, answer in {"code": code, "name_fr": "Essai", "name_ar": "تجربة"}.items():
        page.fill(f"#id_{field}", answer)
    page.click(".placement summary")
    page.fill("#id_lon", "-2,32")
    page.fill("#id_lat", "34,92")
    assert violations(page) == []
    page.click("[data-testid=import-check]")
    expect(page.get_by_test_id("import-checked")).to_be_visible(timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("[data-testid=import-confirm]")
    expect(page.get_by_test_id("import-done")).to_be_visible(timeout=60_000)
    page.goto(page.url.split("/network/")[0] + "/network/import/")
    row = page.get_by_test_id("import-record").filter(has_text=f"{code}.inp").first
    row.locator("summary").click()
    row.get_by_test_id("import-undo").click()
    expect(row.locator(".badge-state")).to_be_visible()
    assert complaints == []


def test_a_file_that_is_not_read_here_is_refused_before_it_is_sent(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "plan.dwg"
    file.write_bytes(b"AC1032")
    page.set_input_files("#file", str(file))
    page.click("[data-testid=import-send]")
    expect(page.locator("[data-upload-refusal]")).to_be_visible()
