"""SQL kept in files beside its callers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def statement(name: str) -> str:
    """Return the text of `{package}/sql/{file}.sql`, named `package/file`."""
    package, file = name.split("/")
    return (_HERE / package / "sql" / f"{file}.sql").read_text()


def array(values: Iterable[float | str | datetime | None]) -> str:
    """Return values as the text of an array, to be cast: the library takes twenty times as long."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: float | str | datetime | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value)
