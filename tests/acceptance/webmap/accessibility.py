"""Ask axe whether a page can be used by everyone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[3] / "webmap/frontend/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


def violations(page: Page) -> list[str]:
    """Return what breaks WCAG 2.2 AA on the page as it stands; open it with `bypass_csp=True`."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    answer: dict[str, Any] = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        f"{found['id']}: {node['target'][0]} {node['failureSummary']}"
        for found in answer["violations"]
        for node in found["nodes"]
    ]
