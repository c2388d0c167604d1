"""Progress as it stands in a log."""

from __future__ import annotations

import time

import pytest

from ops import console
from ops.errors import CommandFailed


def test_a_step_tells_how_long_it_took_and_whether_it_failed(capsys: pytest.CaptureFixture[str]) -> None:
    steps = console.Steps()
    with steps.step("Services"):
        pass
    with pytest.raises(ValueError, match="no"), steps.step("Database"):
        raise ValueError("no")
    services, database = capsys.readouterr().out.splitlines()
    assert services.split() == ["✓", "Services", "0.0", "s"]
    assert database.split()[:2] == ["✗", "Database"]


def test_a_long_step_shows_a_sign_of_life(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "_HEARTBEAT_S", 0.5)
    with console.Steps().step("System packages"):
        time.sleep(1.3)
    assert capsys.readouterr().out.startswith("  … System packages 1 s\n")


def test_a_program_that_fails_is_told_with_the_end_of_what_it_said() -> None:
    with pytest.raises(CommandFailed) as told:
        console.run_quietly("counting", ["sh", "-c", "seq 1 500; exit 3"])
    lines = str(told.value).splitlines()
    assert lines[0] == "counting failed (exit 3):"
    assert lines[-1].strip() == "500"
    assert len(lines) < 70
