"""Read which sensors planned work keeps quiet."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from gis.queries import within_jurisdiction
from telemetry.models import Alarm, AlarmSuppression, Sensor
from telemetry.models.scoping import Viewer
from telemetry.sql import statement


def suppression_of(sensor_id: int, at: datetime) -> AlarmSuppression | None:
    """Return the suppression in force over a sensor that ends last, if any."""
    return suppressions_over([sensor_id], at).get(sensor_id)


def suppressions_over(sensor_ids: list[int], at: datetime) -> dict[int, AlarmSuppression]:
    """Return for each of some sensors the suppression in force that ends last."""
    if not sensor_ids or not in_force(at).exists():
        return {}
    with connection.cursor() as cursor:
        cursor.execute(statement("queries/suppressed"), {"sensors": sensor_ids, "at": at})
        pairs = cursor.fetchall()
    rows = AlarmSuppression.objects.in_bulk({suppression_id for _, suppression_id in pairs})
    return {sensor_id: rows[suppression_id] for sensor_id, suppression_id in pairs}


def in_force(at: datetime) -> QuerySet[AlarmSuppression]:
    """Return the suppressions in force at an instant."""
    return AlarmSuppression.objects.filter(lifted_at=None, starts_at__lte=at, ends_at__gt=at)


def suppressions_for(user: Viewer, at: datetime) -> QuerySet[AlarmSuppression]:
    """Return what is or will be suppressed of the sensors a person may see, the next to end first.

    Of its sensors it names those that the person may see.
    """
    seen = Sensor.objects.visible_to(user)
    rows = AlarmSuppression.objects.filter(lifted_at=None, ends_at__gt=at)
    rows = rows.filter(Q(sensors__in=seen) | Q(within_jurisdiction(user, "zone__geom"), zone__isnull=False))
    named = Prefetch("sensors", seen.order_by("code"))
    rows = rows.select_related("zone", "created_by").prefetch_related(named)
    return rows.distinct().order_by("ends_at", "pk")


def suppressed_alarms(at: datetime) -> QuerySet[Alarm]:
    """Return the alarms that a suppression holds which is no longer in force."""
    held = Alarm.objects.filter(state="suppressed", suppression__isnull=False)
    return held.exclude(suppression__in=in_force(at))
