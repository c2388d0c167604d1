"""The block printed when the platform is up."""

from __future__ import annotations

import json
from pathlib import Path

from ops import welcome
from ops.rundir import RunDir

ENV = {"BASE_URL": "http://127.0.0.1:8000"}


def test_it_tells_the_address_the_accounts_and_what_to_try(tmp_path: Path) -> None:
    accounts = {
        "supervisor": {"username": "s.alami", "password": "one"},
        "technician": {"username": "t.idrissi", "password": "two"},
    }
    (tmp_path / "demo.json").write_text(json.dumps({"accounts": accounts, "pipe": "p31"}))
    text = welcome.block(RunDir(tmp_path, None), ENV)
    assert "http://127.0.0.1:8000/" in text
    assert "supervisor   s.alami     one" in text
    assert "technician   t.idrissi   two" in text
    assert "burst p31" in text
    assert "scripts/down" in text


def test_without_a_demo_it_tells_the_address_alone(tmp_path: Path) -> None:
    text = welcome.block(RunDir(tmp_path, None), ENV)
    assert "http://127.0.0.1:8000/" in text
    assert "Demo accounts" not in text
