"""Statements that every request needs, as the server keeps them prepared: sent in binary, planned once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection


def fetch(text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement with named values (`%(name)s`) and return its rows.

    Raises:
        django.db.Error: as of any other query.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(text, values, prepare=True, binary=True)
        if connection.queries_logged:
            connection.queries_log.append({"sql": text, "time": "0"})
        return cursor.fetchall()
