"""Read the SQL files that lie beside their callers."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def statement(caller: str, name: str) -> str:
    """Return the text of `sql/{name}.sql` in the folder of `caller` (a module's `__file__`)."""
    return (Path(caller).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
