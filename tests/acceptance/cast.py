"""People at their screens, on the running demo: each has a browser context of their own."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.conftest import RunningPlatform

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


def by_id(page: Page, testid: str) -> Locator:
    """Find what outsiders drive."""
    return page.locator(f'[data-testid="{testid}"]')


@dataclass
class Person:
    """One person at one screen, reading one language."""

    platform: RunningPlatform
    context: BrowserContext
    page: Page
    language: str

    @classmethod
    def arrives(
        cls,
        browser: Browser,
        platform: RunningPlatform,
        *,
        language: str,
        role: str | None = None,
        viewport: dict[str, int] = DESK,
        **context: Any,
    ) -> Person:
        """Open a browser; with a role, sign in by the demo's one click."""
        opened = browser.new_context(viewport=viewport, locale="fr-MA", **context)  # type: ignore[arg-type]
        person = cls(platform, opened, opened.new_page(), language)
        if role:
            person.goes("/accounts/login/")
            by_id(person.page, f"demo-{role}").click()
            person.page.wait_for_url(lambda url: "/accounts/login" not in url)
        return person

    def goes(self, path: str) -> Page:
        """Open a page in the person's language."""
        joint = "&" if "?" in path else "?"
        self.page.goto(f"{self.platform.base_url}{path}{joint}lang={self.language}")
        return self.page

    def click(self, testid: str) -> None:
        """Press what carries the test id: the first of them."""
        by_id(self.page, testid).first.click()
        self.page.wait_for_load_state()

    def api(self, path: str) -> Any:
        """Read the API with the person's session."""
        answer = self.context.request.get(f"{self.platform.base_url}/api/v1{path}")
        assert answer.ok, f"{path}: {answer.status} {answer.text()[:300]}"
        return answer.json()

    def leaves(self) -> None:
        """Close the browser."""
        self.context.close()


def photo() -> dict[str, Any]:
    """Return a JPEG as a phone would send it."""
    kept = io.BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(kept, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}
