"""Charts over HTTP's views: a year of one sensor at one minute, and shorter windows, as the console asks."""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

DAYS, QUESTIONS, SENSORS = 366, 200, 3
WINDOWS = {"year": 365, "quarter": 91, "month": 30, "week": 7, "day": 1}
YEAR = """
INSERT INTO telemetry_reading (sensor_id, at, received_at, seq, value, quality)
SELECT %s, at, at, NULL, 400 + 20 * sin(extract(epoch FROM at) / 7000) + random(), 192
FROM generate_series(%s::timestamptz, %s::timestamptz, '1 minute') AS at
"""
WAITING = """
INSERT INTO telemetry_rollupdirt (level, created_at, sensors, hours, masks)
SELECT 0, now(), array_agg(sensor_id), array_agg(hour), array_agg((1::bigint << 60) - 1)
FROM unnest(%s::bigint[]) AS sensor_id, generate_series(%s::int, %s::int) AS hour GROUP BY hour / 24
"""


def measure() -> dict[str, Any]:
    """Store a year, roll it up, and ask for windows of it at random places, 800 points each."""
    from bench.telemetry.inside import measure_inside

    return measure_inside(__name__)


def main() -> None:
    """Measure on the database in DATABASE_URL and print the figures."""
    import django

    django.setup()
    from django.db import connection

    from bench.telemetry.inside import make_sensors
    from telemetry.domain.rollups import PARTITIONED
    from telemetry.services.partitions import ensure_partitions
    from telemetry.services.rollups import fold

    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(days=DAYS)
    for level in PARTITIONED:
        ensure_partitions(days=[start.date() + timedelta(days=n) for n in range(DAYS + 2)], level=level)
    sensors = make_sensors(SENSORS)
    with connection.cursor() as cursor:
        for sensor in sensors:
            cursor.execute(YEAR, [sensor, start, end])
        hours = [int(at.timestamp()) // 3600 for at in (start, end)]
        cursor.execute(WAITING, [sensors, *hours])
        began = time.perf_counter()
        done = fold(budget_s=600)
        folded_s = time.perf_counter() - began
        cursor.execute("ANALYZE")
    figures: dict[str, Any] = {"readings": SENSORS * DAYS * 1440, "folded_s": round(folded_s, 1)}
    assert done.minutes >= SENSORS * DAYS * 1440
    print(json.dumps(figures | _ask(start, end)))


def _ask(start: datetime, end: datetime) -> dict[str, Any]:
    from rest_framework.test import APIClient

    from backend.core.models import RoleAssignment, User
    from bench.telemetry.inside import percentile
    from gis.models import Jurisdiction

    user = User.objects.create(username="bench")
    RoleAssignment.objects.create(user=user, role="supervisor", valid=(start, None))
    Jurisdiction.objects.create(user=user, zone=None)
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user.pk))
    dice, found = random.Random(1), dict[str, Any]()
    for name, days in WINDOWS.items():
        times, sizes = [], set()
        for number in range(QUESTIONS + 5):
            first = start + timedelta(minutes=dice.randrange((DAYS - days) * 1440 + 1))
            query = {
                "from": first.isoformat(),
                "to": (first + timedelta(days=days)).isoformat(),
                "points": 800,
            }
            began = time.perf_counter()
            answer = client.get("/api/v1/sensors/bench.v0/readings/", query)
            if number >= 5:  # the first warm the process
                times.append((time.perf_counter() - began) * 1000)
            body = answer.json()
            assert answer.status_code == 200, body
            assert 0 < len(body["results"]) <= 800
            sizes.add((body["width_s"], len(body["results"])))
        found[name] = {
            "p50_ms": percentile(times, 0.5),
            "p95_ms": percentile(times, 0.95),
            "width_s_and_points": sorted(sizes)[-1],
        }
    return found


if __name__ == "__main__":
    main()
