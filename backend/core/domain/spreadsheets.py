"""What is written into files that people open in a spreadsheet."""

from __future__ import annotations

from typing import Any

_RUN = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: Any) -> Any:
    """Return a cell that no spreadsheet runs: a text that begins like a formula gets an apostrophe first."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RUN) else cell
