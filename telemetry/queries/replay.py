"""What the network looked like at an instant of the past: newest values then, and alarms standing then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from telemetry.domain.quality import Quality, is_stale
from telemetry.sql import statement

LOOK_BACK = timedelta(days=1)
MOST_SENSORS = 20_000
MOST_ALARMS = 2_000


@dataclass(frozen=True, slots=True)
class ValueThen:
    """The newest value of a sensor at an instant; of a whole hour, where readings are no longer kept."""

    sensor_id: int
    code: str
    at: datetime
    value: float | None
    quality: int
    stale: bool
    of_hour: bool


@dataclass(frozen=True, slots=True)
class AlarmThen:
    """An alarm that stood at an instant, in the state it had."""

    id: int
    sensor_id: int
    priority: int
    state: str
    raised_at: datetime
    kind: str


def values_at(sensor_ids: Sequence[int], at: datetime) -> list[ValueThen]:
    """Return the newest values of some sensors as of an instant, none older than a day; at most 20,000."""
    asked: dict[str, Any] = {"at": at, "since": at - LOOK_BACK, "sensor_ids": list(sensor_ids[:MOST_SENSORS])}
    with connection.cursor() as cursor:
        cursor.execute(statement("queries/replay"), asked)
        return [_value(*row, then=at) for row in cursor.fetchall()]


def alarms_at(sensor_ids: Sequence[int], at: datetime) -> list[AlarmThen]:
    """Return the alarms of some sensors that stood at an instant, gravest first; no more than 2,000."""
    asked: dict[str, Any] = {"at": at, "sensor_ids": list(sensor_ids[:MOST_SENSORS]), "limit": MOST_ALARMS}
    with connection.cursor() as cursor:
        cursor.execute(statement("queries/standing"), asked)
        return [AlarmThen(*row) for row in cursor.fetchall()]


def _value(
    sensor_id: int,
    code: str,
    interval_s: float,
    on_change: bool,
    heartbeat_s: float | None,
    at: datetime,
    value: float | None,
    quality: int,
    of_hour: bool,
    *,
    then: datetime,
) -> ValueThen:
    due_s = max(interval_s, heartbeat_s or 0.0) if on_change else interval_s
    newest = at + timedelta(hours=1) if of_hour else at
    stale = is_stale(at=newest, now=then, expected_interval_s=due_s)
    return ValueThen(sensor_id, code, at, value, int(Quality.STALE) if stale else quality, stale, of_hour)
