"""Registers that sensors count become registers of meters, whenever they come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from metering import tasks
from metering.models import DailyConsumption, Meter, RegisterReading, RegisterWatermark
from metering.services.telemetered import take_registers, take_registers_again
from telemetry.models import Device, Reading, Sensor
from tests.factories import metering as town

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 6, 13, 23, tzinfo=UTC)
"""Local midnight, the 14th of June."""


@pytest.fixture
def sensor() -> Sensor:
    device = Device.objects.create(code="AMR-n1", protocol="mqtt")
    return Sensor.objects.create(
        device=device, code="AMR-n1.volume_m3", key="volume_m3", quantity="volume", unit="m3", cumulative=True
    )


@pytest.fixture
def meter(sensor: Sensor) -> Meter:
    return town.meter("MW-1", zone=town.zone("north"), sensor=sensor)


def told(
    sensor: Sensor, minutes: int, value: float, *, received: datetime | None = None, quality: int = 192
) -> None:
    at = DAY + timedelta(minutes=minutes)
    Reading.objects.create(sensor=sensor, at=at, received_at=received or at, value=value, quality=quality)


def kept() -> list[tuple[int, Decimal]]:
    rows = RegisterReading.objects.order_by("at").values_list("at", "value")
    return [(int((at - DAY).total_seconds()) // 60, value) for at, value in rows]


def test_registers_are_taken_once_and_days_follow(sensor: Sensor, meter: Meter) -> None:
    told(sensor, 0, 100.0)
    told(sensor, 24 * 60, 100.75)
    tasks.take_registers()
    tasks.take_registers()
    assert kept() == [(0, Decimal(100)), (24 * 60, Decimal("100.75"))]
    day = DailyConsumption.objects.get(meter=meter)
    assert (day.volume, day.coverage, day.estimated_share) == (Decimal("0.75"), 1.0, 0.0)


def test_one_register_is_kept_per_quarter_of_an_hour_the_first(sensor: Sensor, meter: Meter) -> None:
    for minute in range(0, 40, 5):
        told(sensor, minute, 100 + minute / 10)
    take_registers()
    for minute in range(40, 50, 5):
        told(sensor, minute, 100 + minute / 10)
    take_registers()
    assert [minute for minute, _ in kept()] == [0, 15, 30, 45]


def test_what_comes_late_is_taken_though_the_watermark_has_passed_it(sensor: Sensor, meter: Meter) -> None:
    told(sensor, 0, 100.0)
    told(sensor, 1440, 102.0)
    take_registers()
    told(sensor, 720, 101.5, received=DAY + timedelta(minutes=2000))
    tasks.take_registers()
    assert [minute for minute, _ in kept()] == [0, 720, 1440]


def test_a_transaction_that_commits_late_is_not_stepped_over(sensor: Sensor, meter: Meter) -> None:
    told(sensor, 0, 100.0)
    told(sensor, 60, 101.0, received=DAY + timedelta(minutes=60))
    take_registers()
    told(sensor, 30, 100.5, received=DAY + timedelta(minutes=59))
    take_registers()
    assert [minute for minute, _ in kept()] == [0, 30, 60]


def test_what_was_received_long_before_the_watermark_is_found_by_the_daily_pass(
    sensor: Sensor, meter: Meter
) -> None:
    told(sensor, 60, 101.0)
    take_registers()
    told(sensor, 0, 100.0, received=DAY - timedelta(days=1))
    assert take_registers() == 1, "only what lies within the margin is read again"
    assert take_registers_again(start=DAY - timedelta(days=1), end=DAY + timedelta(days=1)) == 1


def test_more_than_a_batch_is_read_to_its_end(sensor: Sensor, meter: Meter) -> None:
    for minute in range(0, 100, 15):
        told(sensor, minute, 100 + minute, received=DAY)
    told(sensor, 105, 205, received=DAY + timedelta(minutes=1))
    read = [take_registers(batch=7), take_registers(batch=8), take_registers(batch=9)]
    assert read[0] == 7
    assert len(kept()) == 8


def test_bad_values_and_those_of_another_time_are_left_out(sensor: Sensor) -> None:
    town.meter("MW-1", sensor=sensor, installed=DAY, removed=DAY + timedelta(hours=2))
    town.meter("MW-2", sensor=sensor, installed=DAY + timedelta(hours=2))
    told(sensor, -60, 99.0)
    told(sensor, 0, 100.0)
    told(sensor, 60, 101.0, quality=0)
    told(sensor, 75, -5.0)
    told(sensor, 120, 3.0)
    take_registers()
    rows = RegisterReading.objects.order_by("at").values_list("meter__code", "value")
    assert list(rows) == [("MW-1", Decimal(100)), ("MW-2", Decimal(3))]


def test_nothing_received_moves_no_watermark(sensor: Sensor, meter: Meter) -> None:
    assert take_registers() == 0
    assert RegisterWatermark.objects.get().received_at.year == 2000
