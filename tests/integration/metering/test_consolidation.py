"""From registers to days and zones, and from late registers to the same figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from django.db import connection

from metering.domain.rows import Register
from metering.models import DailyConsumption, Meter, Source, StaleSpan, StaleZoneDay, ZoneConsumption
from metering.services.consolidation import consolidate, recompute_everything
from metering.services.estimation import estimate_days
from metering.services.registration import NewMeter, exchange_meter
from metering.services.storage import store_registers
from metering.services.turns import LOCK
from tests.factories import metering as town

pytestmark = pytest.mark.django_db


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def store(meter: Meter, *rows: tuple[str, str]) -> None:
    registers = [Register(meter.pk, at(when), int(Decimal(value) * 1_000_000)) for when, value in rows]
    store_registers(registers, source=Source.MANUAL)


def days(meter: Meter) -> dict[date, Decimal]:
    return dict(DailyConsumption.objects.filter(meter=meter).order_by("day").values_list("day", "volume"))


MAY = ("2026-05-01T00:00:00+01:00", "100"), ("2026-06-01T00:00:00+01:00", "131")


def test_a_month_is_spread_over_its_local_days_and_adds_up() -> None:
    meter = town.meter("MW-1")
    store(meter, *MAY)
    consolidate()
    found = days(meter)
    assert list(found) == [date(2026, 5, day) for day in range(1, 32)]
    assert sum(found.values()) == 31
    one = DailyConsumption.objects.get(meter=meter, day=date(2026, 5, 9))
    assert (one.coverage, one.estimated_share) == (1.0, 1.0)


def test_a_late_register_changes_the_days_around_it_and_no_others() -> None:
    meter = town.meter("MW-1")
    store(meter, *MAY, ("2026-06-11T00:00:00+01:00", "141"))
    consolidate()
    before = days(meter)
    store(meter, ("2026-05-11T00:00:00+01:00", "120"))
    span = StaleSpan.objects.get()
    assert (span.first_day, span.last_day) == (date(2026, 5, 1), date(2026, 5, 31))
    consolidate()
    after = days(meter)
    assert after[date(2026, 5, 1)] == 2
    assert sum(after.values()) == sum(before.values()) == 41
    assert {day: after[day] for day in after if day.month == 6} == {
        day: before[day] for day in before if day.month == 6
    }


def test_the_order_of_arrival_does_not_change_the_figures() -> None:
    early, late = town.meter("MW-1"), town.meter("MW-2")
    rows = [(f"2026-05-{day:02}T06:00:00+01:00", str(100 + day * day)) for day in range(1, 29, 3)]
    for row in rows:
        store(early, row)
        consolidate()
    store(late, *reversed(rows))
    consolidate()
    assert days(early) == days(late)


def test_a_figure_of_a_zone_is_the_sum_of_its_meters_with_its_coverage() -> None:
    north = town.zone("north")
    meters = [town.meter(f"MW-{number}", zone=north) for number in (1, 2, 3)]
    store(meters[0], *MAY)
    store(meters[1], ("2026-05-01T00:00:00+01:00", "0"), ("2026-06-01T00:00:00+01:00", "62"))
    consolidate()
    figure = ZoneConsumption.objects.get(zone=north, day=date(2026, 5, 9))
    assert (figure.value, figure.meters_read, figure.meters_total) == (3, 2, 3)
    assert figure.coverage == pytest.approx(2 / 3)
    assert figure.estimated_share == 1.0


def test_a_meter_counts_in_the_zone_it_was_in_then() -> None:
    north, south = town.zone("north"), town.zone("south", -2.33)
    point = town.connection_point("W-1")
    noon = datetime(2026, 5, 10, 11, tzinfo=UTC)
    town.member(point, north, until=noon)
    town.member(point, south, since=noon)
    store(town.meter("MW-1", point), *MAY)
    consolidate()
    values = {
        (row.zone.code, row.day.day): row.value for row in ZoneConsumption.objects.select_related("zone")
    }
    assert values["north", 9] == 1
    assert values["south", 11] == 1
    assert values["north", 10] == values["south", 10] == Decimal("0.5")
    assert sum(values.values()) == 31, "the zones together are the whole"


def test_an_exchanged_meter_is_not_read_across_and_its_point_goes_on() -> None:
    north = town.zone("north")
    old = town.meter("MW-1", zone=north)
    boundary = datetime(2026, 5, 15, 23, tzinfo=UTC)
    new = exchange_meter(
        code="MW-1", at=boundary, successor=NewMeter("MW-1b", "water", "town", "W-MW-1", boundary)
    )
    store(old, ("2026-05-01T00:00:00+01:00", "99900"), ("2026-05-16T00:00:00+01:00", "99915"))
    store(new, ("2026-05-16T00:00:00+01:00", "3"), ("2026-06-01T00:00:00+01:00", "35"))
    consolidate()
    assert sum(days(old).values()) == 15
    assert sum(days(new).values()) == 32
    assert ZoneConsumption.objects.get(zone=north, day=date(2026, 5, 20)).meters_total == 1


def test_a_multiplier_turns_the_dial_into_what_was_consumed() -> None:
    meter = town.meter("ME-1", utility="electricity", multiplier=Decimal("40"))
    store(meter, *MAY)
    consolidate()
    assert sum(days(meter).values()) == 31 * 40


def test_a_register_that_went_back_never_makes_a_day_negative() -> None:
    meter = town.meter("MW-1")
    store(meter, MAY[0], ("2026-05-11T00:00:00+01:00", "20"), MAY[1])
    consolidate()
    assert sum(days(meter).values()) == 31
    assert min(days(meter).values()) > 0


def test_everything_can_be_computed_again_to_the_same_figures() -> None:
    north = town.zone("north")
    meter = town.meter("MW-1", zone=north)
    store(meter, *MAY)
    consolidate()
    before = (
        days(meter),
        list(ZoneConsumption.objects.order_by("day").values_list("day", "value", "coverage")),
    )
    recompute_everything()
    consolidate()
    assert before == (
        days(meter),
        list(ZoneConsumption.objects.order_by("day").values_list("day", "value", "coverage")),
    )
    assert not StaleSpan.objects.exists()
    assert not StaleZoneDay.objects.exists()


def test_unread_days_are_estimated_from_last_year_tagged_and_give_way_to_registers() -> None:
    north = town.zone("north")
    meter = town.meter("MW-1", zone=north)
    store(meter, ("2025-05-01T00:00:00+01:00", "0"), ("2026-06-01T00:00:00+01:00", "396"))
    consolidate()
    assert estimate_days(until=date(2026, 6, 14)) == 1
    consolidate()
    row = DailyConsumption.objects.get(meter=meter, day=date(2026, 6, 14))
    assert (row.volume, row.coverage, row.estimated_share, row.method) == (1, 0, 1, "last_year")
    figure = ZoneConsumption.objects.get(zone=north, day=date(2026, 6, 14))
    assert (figure.value, figure.coverage, figure.meters_read, figure.meters_total) == (1, 0, 0, 1)
    store(meter, ("2026-06-15T00:00:00+01:00", "424"))
    consolidate()
    row = DailyConsumption.objects.get(meter=meter, day=date(2026, 6, 14))
    assert (row.volume, row.coverage, row.method) == (2, 1, "registers")


def test_the_rest_of_a_day_read_only_in_part_is_estimated_once() -> None:
    meter = town.meter("MW-1")
    store(meter, ("2025-05-01T00:00:00+01:00", "0"), ("2026-06-01T06:00:00+01:00", "396.25"))
    consolidate()
    assert days(meter)[date(2026, 6, 1)] == Decimal("0.25")
    for _ in range(2):
        estimate_days(until=date(2026, 6, 2))
    row = DailyConsumption.objects.get(meter=meter, day=date(2026, 6, 1))
    assert (row.volume, row.coverage, row.estimated_share) == (1, 0.25, 1)
    store(meter, ("2026-06-02T00:00:00+01:00", "399.25"))
    consolidate()
    assert days(meter)[date(2026, 6, 1)] == Decimal("3.25")
    assert days(meter)[date(2026, 6, 2)] == 1, "the next day is estimated as before"


def test_a_meter_unread_for_long_is_missing_not_estimated() -> None:
    meter = town.meter("MW-1")
    store(meter, ("2025-01-01T00:00:00+01:00", "0"), ("2026-03-01T00:00:00+01:00", "396"))
    consolidate()
    assert estimate_days(until=date(2026, 6, 14)) == 0
    assert max(days(meter)) == date(2026, 2, 28)


def test_a_day_of_25_hours_counts_25_of_a_steady_tap() -> None:
    meter = town.meter("MW-1")
    start = datetime(2026, 2, 10, tzinfo=UTC)
    hours = 24 * 10
    store(meter, (start.isoformat(), "0"), ((start + timedelta(hours=hours)).isoformat(), str(hours)))
    consolidate()
    assert days(meter)[date(2026, 2, 14)] == 24
    assert days(meter)[date(2026, 2, 15)] == 25


@pytest.mark.django_db(transaction=True)
def test_while_another_is_at_work_the_worker_leaves_it_all_to_them() -> None:
    meter = town.meter("MW-1")
    store(meter, *MAY)
    settings = connection.get_connection_params()
    with psycopg.connect(
        **{
            name: settings[name]
            for name in ("host", "port", "user", "password", "dbname")
            if settings.get(name)
        }
    ) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        assert consolidate(wait=False).meters == 0
        assert StaleSpan.objects.exists()
    assert consolidate(wait=False).meters == 1
    assert sum(days(meter).values()) == 31
