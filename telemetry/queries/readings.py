"""Read the history of one sensor, whole or thinned without losing its peaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from telemetry.models import Reading, Sensor
from telemetry.sql import statement

Point = tuple[datetime, float | None, int]
"""Device time, value (None: no measurement), quality."""


@dataclass(frozen=True, slots=True)
class Page:
    """Hold readings in order of device time; `next_after` says where the next page starts, if any."""

    points: list[Point]
    next_after: datetime | None = None
    downsampled: bool = False


def readings(sensor_code: str, start: datetime, end: datetime) -> list[Point]:
    """Return every reading of a sensor over [start, end) of device time."""
    sensor_id = Sensor.objects.filter(code=sensor_code).values_list("pk", flat=True).first()
    return list(_rows(sensor_id, start, end).values_list("at", "value", "quality")) if sensor_id else []


def readings_page(
    sensor_id: int, start: datetime, end: datetime, *, limit: int, after: datetime | None = None
) -> Page:
    """Return at most `limit` readings over [start, end), those after the given instant."""
    rows = _rows(sensor_id, start, end)
    if after is not None:
        rows = rows.filter(at__gt=after)
    points = list(rows.values_list("at", "value", "quality")[: limit + 1])
    return Page(points[:limit], points[limit - 1][0] if len(points) > limit else None)


def readings_thinned(sensor_id: int, start: datetime, end: datetime, *, max_points: int) -> Page:
    """Return at most `max_points` readings over [start, end): all, or the low and high of each slice."""
    points = list(_rows(sensor_id, start, end).values_list("at", "value", "quality")[: max_points + 1])
    if len(points) <= max_points:
        return Page(points)
    slices = max(max_points // 2, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            statement("queries/downsample"),
            {"sensor_id": sensor_id, "start": start, "end": end, "slices": slices},
        )
        return Page(cursor.fetchall(), downsampled=True)


def _rows(sensor_id: int, start: datetime, end: datetime) -> QuerySet[Reading]:
    return Reading.objects.filter(sensor_id=sensor_id, at__gte=start, at__lt=end).order_by("at")
