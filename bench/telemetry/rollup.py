"""A day of 1,000 sensors at one minute, 1.44 million readings, rolled up: by one worker and by two."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

SENSORS, MINUTES, BATCH_MINUTES = 1000, 1440, 10
TABLES = ("1m", "15m", "1h", "1d")


def measure() -> dict[str, Any]:
    """Store the day as the ingester would, then fold it from nothing."""
    from bench.telemetry.inside import measure_inside

    return measure_inside(__name__)


def main() -> None:
    """Measure on the database in DATABASE_URL and print the figures."""
    import django

    django.setup()
    from bench.telemetry.inside import make_sensors
    from telemetry.services.partitions import ensure_partitions
    from telemetry.services.rollups import fold

    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
    ensure_partitions(days=[start.date()])
    stored_s = _store(make_sensors(SENSORS), start)
    _analyze()
    began = time.perf_counter()
    done = fold(budget_s=600)
    one_s = time.perf_counter() - began
    again = _dirty_again()
    began = time.perf_counter()
    workers = [_worker() for _ in range(2)]
    for worker in workers:
        assert worker.wait(600) == 0
    two_s = time.perf_counter() - began
    figures = {
        "readings": SENSORS * MINUTES,
        "stored_readings_per_s": round(SENSORS * MINUTES / stored_s),
        "one_worker_s": round(one_s, 2),
        "two_workers_s_with_their_start": round(two_s, 2),
        "buckets": [done.minutes, done.quarters, done.hours, done.days],
        "batches": again,
        "live_minute_s": _live(start + timedelta(days=1)),
    }
    print(json.dumps(figures))


def _store(sensors: list[int], start: datetime) -> float:
    from django.db import transaction

    from telemetry.services.readings import Row, store_readings

    began = time.perf_counter()
    for first in range(0, MINUTES, BATCH_MINUTES):
        times = [start + timedelta(minutes=first + n, seconds=1) for n in range(BATCH_MINUTES)]
        rows = [Row(s, at, at, first, 400 + (s * 7 + first) % 50 / 10, 192) for at in times for s in sensors]
        with transaction.atomic():
            store_readings(rows=rows)
    return time.perf_counter() - began


def _live(at: datetime) -> float:
    """Fold one minute of all sensors, as every ten seconds of an ordinary day."""
    from telemetry.models import Sensor
    from telemetry.services.readings import Row, store_readings
    from telemetry.services.rollups import fold

    sensors = Sensor.objects.values_list("pk", flat=True)
    store_readings(rows=[Row(sensor, at, at, None, 5.0, 192) for sensor in sensors])
    began = time.perf_counter()
    fold()
    return round(time.perf_counter() - began, 3)


def _dirty_again() -> int:
    """Forget the roll-ups and let everything wait as the ingester had left it."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"TRUNCATE telemetry_rollup_{table}")
        cursor.execute(
            "INSERT INTO telemetry_rollupdirt (level, created_at, sensors, hours, masks)"
            " SELECT 0, now(), array_agg(sensor_id), array_agg(hour), array_agg(mask) FROM ("
            " SELECT sensor_id, (extract(epoch FROM at)::bigint / 3600)::int AS hour,"
            " extract(minute FROM at)::int / 10 AS part,"
            " bit_or(1::bigint << extract(minute FROM at)::int) AS mask"
            " FROM telemetry_reading GROUP BY 1, 2, 3) AS touched GROUP BY hour, part"
        )
        return int(cursor.rowcount)


def _analyze() -> None:
    """Do what autovacuum does in its own time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE telemetry_reading")


def _worker() -> subprocess.Popen[bytes]:
    code = "import django; django.setup(); from telemetry.services.rollups import fold; fold(budget_s=600)"
    return subprocess.Popen([sys.executable, "-c", code])


if __name__ == "__main__":
    main()
