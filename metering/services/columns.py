"""Whole columns into PostgreSQL: binary COPY straight from numpy arrays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

_SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_BIG_ENDIAN = {"bigint": ">i8", "date": ">i4", "double precision": ">f8"}
EPOCH = date(2000, 1, 1)
"""PostgreSQL counts days from here."""

Column = tuple[str, npt.NDArray[Any]]


def copy_columns(table: str, columns: Mapping[str, Column]) -> None:
    """Append rows to a table.

    Args:
        table: a name that needs no quoting.
        columns: for each column, in order, its type (`bigint`, `double precision`, or `date` as days since
            2000-01-01) and its values; all of one length.
    """
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, (kind, _) in columns.items():
        fields += [(f"{name}_length", ">i4"), (name, _BIG_ENDIAN[kind])]
    rows = np.empty(len(next(iter(columns.values()))[1]), dtype=np.dtype(fields))
    rows["fields"] = len(columns)
    for name, (_, values) in columns.items():
        rows[f"{name}_length"] = rows.dtype[name].itemsize
        rows[name] = values
    with connection.cursor() as cursor:
        sql = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)"
        with cursor.cursor.copy(sql) as copy:
            copy.write(_SIGNATURE + rows.tobytes() + _TRAILER)


def create_temporary(table: str, columns: Mapping[str, str]) -> None:
    """Create a table that lives as long as the transaction, empty."""
    listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({listed}) ON COMMIT DROP")


def days_since_epoch(day: date) -> int:
    """Return a day as PostgreSQL stores it."""
    return (day - EPOCH).days
