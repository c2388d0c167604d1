"""Read what sensors measured, as far back as rules look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from telemetry.domain.alarms import Sample
from telemetry.domain.quality import TRUSTED
from telemetry.sql import statement


def history(asked: Iterable[tuple[int, datetime, datetime]]) -> dict[int, list[Sample]]:
    """Return the trusted values of some sensors, each after one instant and up to another, in order of time.

    A sensor asked for twice comes once, for the whole of its spans.
    """
    found: dict[int, list[Sample]] = defaultdict(list)
    spans = _widest(asked)
    if not spans:
        return found
    sensor_ids, starts, ends = (list(column) for column in zip(*spans, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            statement("queries/rule_history"),
            {
                "sensors": sensor_ids,
                "starts": starts,
                "ends": ends,
                "first": min(starts),
                "last": max(ends),
                "trusted": sorted(TRUSTED),
            },
        )
        for sensor_id, at, value in cursor.fetchall():
            found[sensor_id].append(Sample(at, value))
    return found


def _widest(asked: Iterable[tuple[int, datetime, datetime]]) -> list[tuple[int, datetime, datetime]]:
    widest: dict[int, tuple[int, datetime, datetime]] = {}
    for sensor_id, start, end in asked:
        _, first, last = widest.get(sensor_id, (sensor_id, start, end))
        widest[sensor_id] = (sensor_id, min(first, start), max(last, end))
    return list(widest.values())
