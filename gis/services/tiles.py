"""Keep tidy what tiles are made of: triggers append to it with every change (`0008_tiles.sql`)."""

from __future__ import annotations

from django.db import connection, transaction

from gis.statements import statement

LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('gis.settle_tiles'))"


@transaction.atomic
def settle_tiles() -> int:
    """Merge what was appended to the tiles' ledgers since the last time; return how many cells were appended.

    No sum changes, for no reader at any moment. A second process that comes meanwhile leaves it to the first.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(statement(__file__, "settle_cells"))
        (appended,) = cursor.fetchone()
        cursor.execute(statement(__file__, "settle_changes"))
    return int(appended)
