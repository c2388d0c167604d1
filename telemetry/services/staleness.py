"""Mark values that missed several expected updates, and tell listeners, so that screens let them fade."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from telemetry.domain.quality import STALE_AFTER_INTERVALS
from telemetry.services.locks import SPARKPLUG_LOCK
from telemetry.services.readings import notify

# Sparkplug tells changes alone: there births and deaths say what is stale, as long as a host listens.
_MARK = """
UPDATE telemetry_latestreading AS latest SET stale = true
FROM telemetry_sensor AS sensor JOIN telemetry_device AS device ON device.id = sensor.device_id
WHERE sensor.id = latest.sensor_id AND NOT latest.stale AND sensor.active
  AND latest.at < %s::timestamptz - make_interval(secs => %s * sensor.expected_interval_s)
  AND (device.protocol <> 'sparkplug' OR NOT EXISTS (
    SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND objid = %s AND classid = 0 AND granted AND datname = current_database()))
RETURNING latest.sensor_id
"""


@transaction.atomic
def mark_stale(*, now: datetime) -> list[int]:
    """Mark what has become stale by `now`; return the sensors marked."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [now, STALE_AFTER_INTERVALS, SPARKPLUG_LOCK])
        marked = [row[0] for row in cursor.fetchall()]
        notify(cursor, marked)
    return marked
