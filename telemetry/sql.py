"""SQL kept in files beside its callers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def statement(name: str) -> str:
    """Return the text of `{package}/sql/{file}.sql`, named `package/file`."""
    package, file = name.split("/")
    return (_HERE / package / "sql" / f"{file}.sql").read_text()
