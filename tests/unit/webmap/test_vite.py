"""Which built files a face loads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from webmap import vite


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(vite, "BUILD", tmp_path)
    return tmp_path


def test_an_entry_brings_its_modules_and_styles_and_not_what_it_loads_later(build: Path) -> None:
    manifest = {
        "src/entries/public.ts": {
            "file": "assets/public-a.js",
            "imports": ["_start.js"],
            "dynamicImports": ["src/map/create.ts"],
        },
        "_start.js": {"file": "assets/start-b.js", "css": ["assets/start-c.css"]},
        "src/map/create.ts": {"file": "assets/map-d.js", "css": ["assets/map-e.css"]},
    }
    (build / "manifest.json").write_text(json.dumps(manifest))

    found = vite.entry("public")

    assert found.script == "assets/public-a.js"
    assert found.modules == ("assets/start-b.js",)
    assert found.styles == ("assets/start-c.css",)


def test_a_front_end_that_was_not_built_is_told(build: Path) -> None:
    assert not vite.is_built()
    with pytest.raises(FileNotFoundError):
        vite.entry("public")


def test_the_address_of_the_icons_changes_with_their_content(build: Path) -> None:
    (build / "icons.svg").write_text("<svg>1</svg>")
    first = vite.icons_url()
    (build / "icons.svg").write_text("<svg>22</svg>")
    assert vite.icons_url() != first
