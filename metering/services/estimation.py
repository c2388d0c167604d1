"""Fill what nobody has read yet, tagged as such, so that late readings do not make a zone look dry."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from metering.services.columns import create_temporary
from metering.services.statements import statement
from metering.services.turns import alone
from metering.services.zone_figures import mark_zone_days

LONGEST = 70
"""Days after its last register for which a meter is estimated; then it is missing, and told as missing."""


@transaction.atomic
def estimate_days(*, until: date) -> int:
    """Estimate the unread days up to `until`, included, from last year's; return for how many meters.

    The figures of their zones are marked stale; `consolidate` computes them.
    """
    alone(wait=True)
    create_temporary("metering_due", {"meter_id": "bigint", "first_day": "date", "last_day": "date"})
    with connection.cursor() as cursor:
        cursor.execute(statement("estimate_days"), {"until": until, "longest": LONGEST})
        meters = cursor.rowcount
    if meters:
        mark_zone_days()
    return meters
