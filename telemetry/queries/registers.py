"""Registers that sensors count, for the app that bills from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from telemetry.models import Reading, Sensor


@dataclass(frozen=True, slots=True)
class SensorRegister:
    """A register as a sensor told it: device time, receive time, value in the sensor's unit, quality."""

    sensor_id: int
    at: datetime
    received_at: datetime
    value: float
    quality: int


def sensor_ids_by_code(codes: Iterable[str]) -> dict[str, int]:
    """Return the ids of sensors by their code; unknown codes are left out."""
    return dict(Sensor.objects.filter(code__in=list(codes)).values_list("code", "id"))


def registers_since(sensor_ids: Iterable[int], after: datetime, limit: int = 100_000) -> list[SensorRegister]:
    """Return what was received of some sensors after an instant, in order of receipt: late readings too."""
    rows = Reading.objects.filter(sensor_id__in=list(sensor_ids), received_at__gt=after, value__isnull=False)
    return _registers(rows.order_by("received_at", "sensor_id", "at")[:limit])


def registers_between(
    sensor_ids: Iterable[int], start: datetime, end: datetime, limit: int = 1_000_000
) -> list[SensorRegister]:
    """Return the registers of some sensors over [start, end) of device time, in that order."""
    rows = Reading.objects.filter(
        sensor_id__in=list(sensor_ids), at__gte=start, at__lt=end, value__isnull=False
    )
    return _registers(rows.order_by("sensor_id", "at")[:limit])


def _registers(rows: object) -> list[SensorRegister]:
    columns = ("sensor_id", "at", "received_at", "value", "quality")
    return [SensorRegister(*row) for row in rows.values_list(*columns)]  # type: ignore[attr-defined]
