"""What the tests of this app share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.core import clock

TODAY = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
"""A Monday morning."""


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Hold the clock still."""
    monkeypatch.setattr(clock, "now", lambda: TODAY)
    return TODAY


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of registers from its lines."""

    def write(*lines: str, header: str = "meter,at,value", encoding: str = "utf-8") -> Path:
        path = tmp_path / "readings.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
        return path

    return write
