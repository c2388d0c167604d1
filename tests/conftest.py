"""Fixtures for every test: Chromium, and a platform run by `scripts/up` in a run directory of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ops.rundir import free_port
from tests.factories.platform import open_folder

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # Here the processor is the graphics card: what need not be drawn the way of a card is cheaper without.
    "--disable-gpu-rasterization",
]
DRAWN_COARSELY = {"device_scale_factor": 0.25, "reduced_motion": "reduce"}
"""Maps are drawn by the processor in tests: a sixteenth of the dots and no flights, the same page."""

PROCESSES = {"telemetry", "fixtures", "platform", "faults"}
"""Folders of tests that start ingesters, pollers, simulated fields and services, and wait for them."""


@dataclass(frozen=True)
class RunningPlatform:
    """A platform started by `scripts/up --detach`, as an outsider sees it."""

    base_url: str
    run_dir: Path
    services: dict[str, str]
    demo: dict[str, Any]

    def manage(self, *arguments: str) -> str:
        """Run a management command against this platform and return what it prints."""
        command = [str(ROOT / ".venv/bin/python"), "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | self.services, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives Chromium, the running platform or other processes, before marks are chosen.

    What drives Chromium runs last:

    its loop stays in this thread, where Django then refuses to wait.
    """
    for item in items:
        if {"browser", "running_platform"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
        if PROCESSES & set(item.path.relative_to(ROOT).parts):
            item.add_marker("processes")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, once for the session. Its loop runs in this thread: Django must not refuse the ORM."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Tests say that something happens; how fast is measured in bench/, on a quiet machine.
    expect.set_options(timeout=10_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHABAKA_BROWSER") or shutil.which("chromium"),
            args=CHROMIUM_ARGUMENTS,
        )
        chromium.new_context = partial(chromium.new_context, **DRAWN_COARSELY)  # type: ignore[method-assign]
        yield chromium
        # What was opened beside this loop is only seen beside it.
        connections.close_all()
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a French page of 1440 x 900 in a context of its own."""
    context = browser.new_context(locale="fr-MA", viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def running_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """Run the whole platform with the demo town, beside any other, and stop it at the end.

    CHABAKA_TEST_PLATFORM names the run directory of one that runs already: to save its start.
    """
    if running := os.environ.get("CHABAKA_TEST_PLATFORM"):
        yield as_outsider(Path(running))
        return
    run_dir = open_folder(tmp_path_factory.mktemp("platform"))
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    env |= {"CHABAKA_ENV": "demo", "CHABAKA_RUN_DIR": str(run_dir), "CHABAKA_PORT": str(port)}
    up = subprocess.run([str(ROOT / "scripts/up"), "--detach"], env=env, capture_output=True, text=True)
    try:
        assert up.returncode == 0, up.stdout + up.stderr
        yield as_outsider(run_dir)
    finally:
        subprocess.run([str(ROOT / "scripts/down")], env=env, capture_output=True, check=False)


def as_outsider(run_dir: Path) -> RunningPlatform:
    """Read what `scripts/up` wrote for outsiders."""
    lines = (run_dir / "services.env").read_text().splitlines()
    services = dict(line.split("=", 1) for line in lines)
    demo = json.loads((run_dir / "demo.json").read_text())
    return RunningPlatform(services["BASE_URL"], run_dir, services, demo)
