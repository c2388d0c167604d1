"""Roll-ups say what the readings say, in whatever order those came."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from backend.core import clock
from telemetry.domain.rollups import covered_s
from telemetry.models import DayRollup, HourRollup, MinuteRollup, QuarterRollup, Rollup, RollupDirt, Sensor
from telemetry.services.readings import Row, store_readings
from telemetry.services.rollups import fold, fold_minutes, fold_rest
from tests.factories import telemetry

pytestmark = pytest.mark.django_db

FIELDS = ("count", "good", "used", "low", "high", "first", "last")


def floor_to(seconds: int) -> Callable[[datetime], datetime]:
    return lambda at: datetime.fromtimestamp(at.timestamp() // seconds * seconds, UTC)


def local_day(at: datetime) -> datetime:
    return clock.day_bounds(clock.local_day(at))[0]


LEVELS: dict[type[Rollup], Callable[[datetime], datetime]] = {
    MinuteRollup: floor_to(60),
    QuarterRollup: floor_to(900),
    HourRollup: floor_to(3600),
    DayRollup: local_day,
}


def recomputed(rows: Iterable[Row], start_of: Callable[[datetime], datetime]) -> dict[Any, Any]:
    """Return what each bucket must hold, from the readings themselves."""
    buckets: dict[Any, list[Row]] = defaultdict(list)
    for row in sorted({(row.sensor_id, row.at): row for row in rows}.values(), key=lambda row: row.at):
        buckets[row.sensor_id, start_of(row.at)].append(row)
    return {key: _statistics(found) for key, found in buckets.items()}


def _statistics(rows: list[Row]) -> tuple[Any, ...]:
    values = [row.value for row in rows if row.value is not None and row.quality in (192, 64)]
    good = sum(row.quality == 192 for row in rows)
    extremes = (min(values), max(values), values[0], values[-1]) if values else (None,) * 4
    return (len(rows), good, len(values), *extremes, pytest.approx(sum(values)) if values else None)


def stored(level: type[Rollup]) -> dict[Any, Any]:
    found = level.objects.values_list("sensor_id", "start", *FIELDS, "total")
    return {(sensor_id, start): rest for sensor_id, start, *rest in map(tuple, found)}  # type: ignore[misc]


def check(rows: Iterable[Row]) -> None:
    rows = list(rows)
    for level, start_of in LEVELS.items():
        found = {key: tuple(value) for key, value in stored(level).items()}
        assert found == recomputed(rows, start_of), level.__name__


def at_random(dice: random.Random, sensors: list[Sensor], around: datetime, count: int) -> list[Row]:
    rows = {}
    for _ in range(count):
        at = around + timedelta(seconds=dice.randrange(-40 * 3600, 40 * 3600, 7))
        quality = dice.choice([192, 192, 192, 64, 0])
        value = None if quality == 0 and dice.random() < 0.5 else float(dice.randrange(-50, 50))
        sensor = dice.choice(sensors)
        rows[sensor.pk, at] = Row(sensor.pk, at, at, None, value, quality)
    return list(rows.values())


@pytest.mark.parametrize(
    ("around", "seed"),
    [
        (datetime(2026, 2, 15, 3, tzinfo=UTC), 1),  # Ramadan begins: a day of 25 hours
        (datetime(2026, 3, 22, 2, tzinfo=UTC), 2),  # it ends: a day of 23
        (datetime(2025, 12, 31, 23, tzinfo=UTC), 3),  # two years, two months
    ],
)
def test_rollups_equal_recomputation_in_any_order_of_arrival(around: datetime, seed: int) -> None:
    dice = random.Random(seed)
    device = telemetry.device()
    sensors = [telemetry.sensor(device, f"k{n}") for n in range(3)]
    rows = at_random(dice, sensors, around, 400)
    arriving = rows + dice.sample(rows, 80)  # some arrive twice
    dice.shuffle(arriving)
    for start in range(0, len(arriving), 60):
        store_readings(rows=arriving[start : start + 60])
        dice.choice([fold_minutes, fold_rest, fold, lambda: None])()
    fold()
    check(rows)
    assert not RollupDirt.objects.exists()


def test_a_local_day_has_23_24_or_25_hours_and_its_coverage_says_so() -> None:
    sensor = telemetry.logger(expected_interval_s=3600)
    first = datetime(2026, 2, 14, tzinfo=UTC)
    rows = [Row(sensor.pk, at := first + timedelta(hours=n), at, None, 1.0, 192) for n in range(24 * 40)]
    store_readings(rows=rows)
    fold()
    lengths = {
        f"{clock.local_day(day.start):%m-%d}": (day.count, day.covered_s / 3600)
        for day in DayRollup.objects.filter(start__gt=first + timedelta(hours=1))
    }
    assert lengths["02-15"] == (25, 25)
    assert lengths["03-22"] == (23, 23)
    assert lengths["03-01"] == (24, 24)


def test_late_data_rewrites_its_own_buckets_and_no_others() -> None:
    sensor, other = telemetry.logger(), telemetry.logger("PL-2")
    start = datetime(2026, 5, 4, 8, tzinfo=UTC)
    rows = [
        Row(of.pk, at := start + timedelta(minutes=n), at, None, 5.0, 192)
        for of in (sensor, other)
        for n in range(180)
    ]
    store_readings(rows=rows)
    fold()
    late = start + timedelta(minutes=61, seconds=30)
    store_readings(rows=[Row(sensor.pk, late, clock.now(), None, 9.0, 192)])
    done = fold()
    assert (done.minutes, done.quarters, done.hours, done.days) == (1, 1, 1, 1)
    assert HourRollup.objects.get(sensor=sensor, start=start + timedelta(hours=1)).high == 9
    assert MinuteRollup.objects.get(sensor=sensor, start=late.replace(second=0)).count == 2


def test_what_is_folded_again_writes_nothing() -> None:
    sensor = telemetry.logger()
    at = datetime(2026, 5, 4, 8, tzinfo=UTC)
    store_readings(rows=[Row(sensor.pk, at, at, None, 5.0, 192)])
    fold()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO telemetry_rollupdirt (level, created_at, sensors, hours, masks) VALUES (0, now(),"
            " %s::bigint[], %s::int[], %s::bigint[])",
            [[sensor.pk], [int(at.timestamp()) // 3600], [2**60 - 1]],
        )
    done = fold()
    assert (done.dirt, done.minutes, done.quarters, done.hours, done.days) == (2, 0, 0, 0, 0)


def test_a_repeated_batch_leaves_nothing_to_fold() -> None:
    sensor = telemetry.logger()
    rows = [
        Row(sensor.pk, at := datetime(2026, 5, 4, 8, n, tzinfo=UTC), at, None, 5.0, 192) for n in range(9)
    ]
    store_readings(rows=rows)
    fold()
    assert store_readings(rows=rows).new == 0
    assert not RollupDirt.objects.exists()


@pytest.mark.parametrize("interval_s", [7, 40, 60, 90, 900, 3600])
def test_a_sensor_that_misses_nothing_is_covered_whole_whatever_its_interval(interval_s: int) -> None:
    sensor = telemetry.logger(expected_interval_s=interval_s)
    start = datetime(2026, 5, 4, 7, tzinfo=UTC)
    times = (start + timedelta(seconds=n) for n in range(0, 4 * 3600, interval_s))
    store_readings(rows=[Row(sensor.pk, at, at, None, 5.0, 192) for at in times])
    fold()
    for hour in HourRollup.objects.all():
        assert hour.covered_s / 3600 == pytest.approx(1, abs=0.03)


def test_a_reading_stands_for_one_expected_interval() -> None:
    assert covered_s(15, 900, 60) == 900
    assert covered_s(30, 900, 60) == 900
    assert covered_s(0, 900, 60) == 0
    assert covered_s(1, 60, 900) == 900
