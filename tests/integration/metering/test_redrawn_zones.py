"""A zone that is redrawn: its figures follow from then on, and last year's stay as they were."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.contrib.gis.geos import Polygon

from backend.core import clock
from backend.core.models import OutboxDelivery, User
from backend.core.services import outbox
from gis.models import FormerOutline, Zone
from gis.services import NewZone, add_zones, close_zone, derive_memberships, redraw_zone
from metering.domain.rows import Register
from metering.models import Meter, Source, StaleZoneDay, ZoneConsumption
from metering.queries import zone_consumption
from metering.services.consolidation import consolidate
from metering.services.storage import store_registers
from tests.factories import metering as town
from tests.factories.core import omar

pytestmark = pytest.mark.django_db

YEAR = date(2025, 1, 1), date(2026, 6, 14)
CHANGE = clock.day_bounds(date(2026, 6, 1))[0]
DAILY = {"near": 1, "far": 10}
"""Cubic metres a day."""


def outline(east: float) -> Polygon:
    box = Polygon.from_bbox((-2.34, 34.92, east, 34.93))
    box.srid = 4326
    return box


@pytest.fixture(autouse=True)
def measured() -> None:
    """Measure two customers for a year and a half in a zone that holds them both, and let all be computed."""
    for name, lon in (("near", -2.338), ("far", -2.332)):
        meter = town.meter(f"M-{name}", town.connection_point(f"W-{name}", lon=lon))
        _read(meter, DAILY[name])
    new = NewZone("north", "dma", "Nord", "الشمال", outline(-2.33), "water", valid_from=town.LONG_AGO)
    omar()
    add_zones(zones=[new])
    derive_memberships()
    _settle()


def _read(meter: Meter, daily: int) -> None:
    first, last = (clock.day_bounds(day)[0] for day in YEAR)
    span = (YEAR[1] - YEAR[0]).days
    rows = [(first, 0), (CHANGE, (date(2026, 6, 1) - YEAR[0]).days * daily), (last, span * daily)]
    registers = [Register(meter.pk, int(at.timestamp()), value * 1_000_000) for at, value in rows]
    store_registers(registers, source=Source.MANUAL)


def _settle() -> None:
    # The clock of these tests stands still, the database's does not.
    OutboxDelivery.objects.filter(state="pending").update(not_before=clock.now())
    outbox.deliver_due()
    consolidate()


def figures() -> dict[date, tuple[Decimal | None, datetime]]:
    rows = ZoneConsumption.objects.filter(zone__code="north")
    return {day: (value, at) for day, value, at in rows.values_list("day", "value", "computed_at")}


def total(first: date, behind: date) -> int:
    """Add up the published figures of the days from `first` to before `behind`."""
    start, end = clock.day_bounds(first)[0], clock.day_bounds(behind)[0]
    found = zone_consumption("north", start, end, "month", "water", reader=User.objects.get(username="omar"))
    return sum(int(one.value or 0) for one in found.series)


def test_a_zone_drawn_over_meters_long_read_has_their_figures() -> None:
    assert total(date(2025, 6, 1), date(2025, 7, 1)) == 30 * 11
    assert total(date(2026, 5, 1), date(2026, 6, 1)) == 31 * 11


def test_figures_before_the_change_stay_to_the_row_and_those_after_it_follow() -> None:
    before = figures()
    redraw_zone(code="north", geom=outline(-2.335), at=CHANGE)
    _settle()
    after = figures()
    earlier = {day for day in before if day < date(2026, 6, 1)}
    assert len(earlier) == 516
    assert {day: after[day] for day in earlier} == {day: before[day] for day in earlier}, (
        "not even recomputed"
    )
    assert {after[day][0] for day in after if day >= date(2026, 6, 1)} == {Decimal(1)}
    assert total(date(2025, 6, 1), date(2025, 7, 1)) == 30 * 11, "last year stays true"


def test_last_year_stays_true_even_when_everything_is_computed_again() -> None:
    redraw_zone(code="north", geom=outline(-2.335), at=CHANGE)
    _settle()
    kept = {day: value for day, (value, _) in figures().items()}
    zone = Zone.objects.get(code="north")
    ZoneConsumption.objects.all().delete()
    StaleZoneDay.objects.bulk_create(StaleZoneDay(zone=zone, utility="water", day=day) for day in kept)
    consolidate()
    assert {day: value for day, (value, _) in figures().items()} == kept


def test_a_change_within_a_day_counts_the_share_of_the_day() -> None:
    noon = datetime(2026, 6, 10, 11, tzinfo=UTC)
    redraw_zone(code="north", geom=outline(-2.335), at=noon)
    _settle()
    found = figures()
    assert found[date(2026, 6, 9)][0] == 11
    assert found[date(2026, 6, 10)][0] == 6
    assert found[date(2026, 6, 11)][0] == 1


def test_a_closed_zone_has_no_figures_after_its_end() -> None:
    close_zone(code="north", at=CHANGE)
    _settle()
    assert max(figures()) == date(2026, 5, 31)
    assert not FormerOutline.objects.exists()
