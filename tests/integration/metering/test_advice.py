"""A household that uses far more than last year is told so, once, in its language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from backend.core import clock
from backend.core.models import Message
from metering import tasks
from metering.domain.rows import Register
from metering.models import ConsumptionFlag, Meter, Source
from metering.services.advice import flag_unusual_weeks, flag_week
from metering.services.consolidation import consolidate
from metering.services.storage import store_registers
from tests.factories import metering as town

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 6, 8)
"""The week before the Monday at which the clock is held."""


def consume(meter: Meter, *, last_year: Decimal, this_week: Decimal, measured: bool = True) -> None:
    """Read a meter monthly last year and daily this week, so many units a day."""
    registers, value = [], Decimal(100)
    start, _ = clock.day_bounds(date(2025, 5, 1))
    end, _ = clock.day_bounds(MONDAY)
    while start < end:
        registers.append(Register(meter.pk, int(start.timestamp()), int(value * 1_000_000)))
        start, value = start + timedelta(days=29), value + last_year * 29
    value -= last_year * Decimal((start - end) / timedelta(days=1))
    for day in range(8) if measured else (0, 7):
        at = int(clock.day_bounds(MONDAY + timedelta(days=day))[0].timestamp())
        registers.append(Register(meter.pk, at, int((value + this_week * day) * 1_000_000)))
    store_registers(registers, source=Source.MANUAL)
    consolidate()


def test_a_leak_at_home_is_flagged_explained_and_told_once_in_arabic() -> None:
    meter = town.meter("MW-1")
    town.agreement(meter.connection_point, language="ar")
    consume(meter, last_year=Decimal("0.8"), this_week=Decimal("2.5"))
    tasks.close_day()
    tasks.close_day()
    flag = ConsumptionFlag.objects.get()
    assert (flag.week, flag.previous_week, flag.days) == (MONDAY, date(2025, 6, 9), 7)
    assert flag.value == Decimal("17.5")
    assert flag.previous == pytest.approx(Decimal("5.6"))
    with translation.override("en"):
        assert flag.sentence == "3.1 times the same days last year: 18 m³ against 5.6."
    message = Message.objects.get()
    assert (message.phone, message.language) == ("+212612345678", "ar")
    assert "MW-1" in message.body
    assert "3,1" in message.body


def test_without_consent_it_is_flagged_and_not_told() -> None:
    meter = town.meter("MW-1")
    town.agreement(meter.connection_point, consents=False)
    consume(meter, last_year=Decimal("0.8"), this_week=Decimal("2.5"))
    assert flag_week(monday=MONDAY, days=7) == 1
    assert not Message.objects.exists()


def test_the_usual_week_is_not_flagged() -> None:
    consume(town.meter("MW-1"), last_year=Decimal("0.8"), this_week=Decimal("0.9"))
    assert flag_unusual_weeks(today=date(2026, 6, 15)) == 0


def test_a_week_read_only_at_its_ends_is_not_judged() -> None:
    consume(town.meter("MW-1"), last_year=Decimal("0.8"), this_week=Decimal("2.5"), measured=False)
    assert flag_unusual_weeks(today=date(2026, 6, 15)) == 0


def test_a_running_week_is_judged_after_three_days_and_flagged_once() -> None:
    consume(town.meter("MW-1"), last_year=Decimal("0.8"), this_week=Decimal("2.5"))
    assert flag_unusual_weeks(today=MONDAY + timedelta(days=2)) == 0
    assert flag_unusual_weeks(today=MONDAY + timedelta(days=3)) == 1
    assert flag_unusual_weeks(today=MONDAY + timedelta(days=6)) == 0
    assert ConsumptionFlag.objects.get().days == 3


def test_only_the_person_served_now_is_told() -> None:
    meter = town.meter("MW-1")
    old = town.agreement(meter.connection_point, name="Previous", language="fr")
    moved = datetime.fromisoformat("2026-01-01T00:00:00+01:00")
    old.valid = type(old.valid)(old.valid.lower, moved)
    old.save(update_fields=["valid"])
    consume(meter, last_year=Decimal("0.8"), this_week=Decimal("2.5"))
    assert flag_week(monday=MONDAY, days=7) == 1
    assert not Message.objects.exists()
