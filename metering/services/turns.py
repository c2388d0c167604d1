"""Work of which only one caller may do a step at a time, and the scripts it runs."""

from __future__ import annotations

from django.db import connection

from metering.services.statements import statement

LOCK = 0x4D455445


def alone(*, wait: bool) -> bool:
    """Be the only one at work until this transaction ends; say whether that is so."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def run_script(name: str) -> None:
    """Run the statements of a file one after the other."""
    with connection.cursor() as cursor:
        for one in statement(name).split(";\n"):
            cursor.execute(one)
