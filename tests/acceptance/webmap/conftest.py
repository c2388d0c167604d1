"""Who walks through the pages in Chromium: staff with a network of their own, in French and in Arabic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.conftest import RunningPlatform
from tests.factories.walked import write_walked

PLACES = {"fr": (-2.30, 34.905), "ar": (-2.29, 34.905)}
APART = 0.01
"""Degrees between the places of one run and another on a platform that goes on running."""


@dataclass
class Walk:
    """One person's page in one language, and a network in which others change nothing."""

    page: Page
    language: str
    network: str
    base_url: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page of the platform."""
        self.page.goto(f"{self.base_url}{path}")
        return self.page

    def api(self, path: str) -> Any:
        """Read what the API says, as the person who walks."""
        answer = self.page.request.get(f"{self.base_url}/api/v1/{path}")
        return answer.json() if answer.ok else answer.status

    def element(self, kind: str, code: str) -> Any:
        """Return the properties of an element of the walk's network; the status where there is none."""
        table = "links" if kind in {"pipe", "valve"} else "nodes"
        found = self.api(f"{table}/{code}/?network={self.network}&kind={kind}")
        return found if isinstance(found, int) else found["properties"]


@pytest.fixture(scope="session")
def signed_in(browser: Browser, running_platform: RunningPlatform) -> Callable[[str], Any]:
    """The cookies of a demo role that signed in once."""
    kept: dict[str, Any] = {}

    def state(role: str) -> Any:
        if role not in kept:
            context = browser.new_context()
            sign_in(context.new_page(), running_platform, role)
            kept[role] = context.storage_state()
            context.close()
        return kept[role]

    return state


@pytest.fixture(scope="session")
def supervisor(signed_in: Callable[[str], Any]) -> Any:
    """The cookies of a supervisor."""
    return signed_in("supervisor")


@pytest.fixture(scope="session", params=["fr", pytest.param("ar", marks=pytest.mark.long)])
def walked(
    request: pytest.FixtureRequest,
    running_platform: RunningPlatform,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[str, str]:
    """A language, and the code of a network brought in for its walks."""
    language = str(request.param)
    code = f"walk-{language}-{uuid4().hex[:6]}"
    west, south = PLACES[language]
    south -= APART * (int(code[-6:], 16) % 40)
    file, mapping = write_walked(tmp_path_factory.mktemp("walked"), code, west=west, south=south)
    options = ("--network", code, "--format", "vector", "--mapping", str(mapping))
    names = ("--name-fr", f"Essai {code}", "--name-ar", f"تجربة {code}")
    running_platform.manage("import_network", str(file), *options, *names)
    return language, code


@pytest.fixture(scope="session")
def walker(
    browser: Browser,
    running_platform: RunningPlatform,
    signed_in: Callable[[str], Any],
    walked: tuple[str, str],
) -> Iterator[Callable[[str], Walk]]:
    """Give the page of a role: at a desk in French, on a phone in Arabic; technicians always on a phone."""
    language, network = walked
    open_now: dict[str, tuple[BrowserContext, Walk]] = {}

    def walk(role: str = "supervisor") -> Walk:
        if role not in open_now:
            width = 1440 if language == "fr" and role != "technician" else 390
            context = browser.new_context(
                locale="en-US", viewport={"width": width, "height": 900}, storage_state=signed_in(role)
            )
            cookie = {"name": "chabaka_language", "value": language, "url": running_platform.base_url}
            context.add_cookies([cookie])
            found = Walk(context.new_page(), language, network, running_platform.base_url)
            found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
            open_now[role] = context, found
        return open_now[role][1]

    yield walk
    for context, _found in open_now.values():
        context.close()


@pytest.fixture
def walk(walker: Callable[[str], Walk]) -> Iterator[Walk]:
    """The supervisor's walk; no script may have failed by its end."""
    found = walker("supervisor")
    found.complaints.clear()
    yield found
    found.page.goto("about:blank")  # its map stops drawing
    assert found.complaints == []


def sign_in(page: Page, platform: RunningPlatform, role: str = "supervisor") -> None:
    """Sign in by the demo's button of a role."""
    page.goto(f"{platform.base_url}/accounts/login/")
    page.click(f"[data-testid=demo-{role}]")
    page.wait_for_url(lambda url: "/accounts/" not in url)
