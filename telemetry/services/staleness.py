"""Mark values that missed several expected updates, and tell listeners, so that screens let them fade."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from telemetry.domain.quality import STALE_AFTER_INTERVALS
from telemetry.services.readings import notify

_MARK = """
UPDATE telemetry_latestreading AS latest SET stale = true
FROM telemetry_sensor AS sensor
WHERE sensor.id = latest.sensor_id AND NOT latest.stale AND sensor.active
  AND latest.at < %s::timestamptz - make_interval(secs => %s * sensor.expected_interval_s)
RETURNING latest.sensor_id
"""


@transaction.atomic
def mark_stale(*, now: datetime) -> list[int]:
    """Mark what has become stale by `now`; return the sensors marked."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [now, STALE_AFTER_INTERVALS])
        marked = [row[0] for row in cursor.fetchall()]
        notify(cursor, marked)
    return marked
