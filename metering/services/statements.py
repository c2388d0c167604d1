"""The SQL of this app, read from the files beside the services."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "sql"


@cache
def statement(name: str) -> str:
    """Return the text of `sql/{name}.sql`."""
    return (_FOLDER / f"{name}.sql").read_text()
