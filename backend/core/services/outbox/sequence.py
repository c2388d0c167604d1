"""The order in which events became visible.

A serial column is given before commit, so its order is not the order in which rows appear: a reader that
remembers the highest id would step over a transaction that commits late. `assign_sequence` numbers committed
rows instead, one caller at a time; readers follow `seq`.
"""

from __future__ import annotations

from pathlib import Path

from django.db import connection, transaction

SEQUENCE_LOCK = 0x0C4ABA4A
SQL = Path(__file__).with_name("assign_sequence.sql").read_text()


def assign_sequence() -> int:
    """Number the committed events that have no `seq` yet; return how many. One caller at a time, others wait.

    The lock is given back only after the numbers are visible, so whoever sees a number has seen all those
    below it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEQUENCE_LOCK])
        cursor.execute(SQL)
        return int(cursor.rowcount)
