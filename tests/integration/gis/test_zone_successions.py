"""Zones parted and joined: what follows is new, what was keeps its past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.gis.geos import LineString

from backend.core import clock
from backend.core.errors import InvalidInput
from gis.models import Jurisdiction, Zone
from gis.queries import connection_points_in
from gis.services import assign_jurisdiction, derive_memberships, merge_zones, split_zone
from tests.factories.core import hicham
from tests.factories.gis import built, customers, square, zone

pytestmark = pytest.mark.django_db

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TOWN = square(-2.3205, 34.9180, 0.004)


@pytest.fixture(autouse=True)
def street(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay a street of four customers in one zone of a town."""
    monkeypatch.setattr(clock, "now", lambda: JULY)
    customers(built("R1 --p1-- a --p2-- b --p3-- c"), C1="R1", C2="a", C3="b", C4="c")
    zone("north", TOWN, kind="district")
    zone("dma-1", square(-2.3195, 34.9195, 0.0005), parent="north")
    zone("dma-4", square(-2.3175, 34.9195, 0.0005), parent="north")
    derive_memberships(at=JUNE)


def members(code: str, at: datetime) -> set[str]:
    found = connection_points_in(Zone.objects.get(code=code), at)
    return set(found.values_list("code", flat=True))


def across(lon: float) -> LineString:
    """Draw a line from south to north through the whole town."""
    return LineString((lon, 34.9170), (lon, 34.9230), srid=4326)


def test_a_zone_is_split_along_a_line_and_keeps_its_past() -> None:
    done = split_zone(code="north", line=across(-2.3175), at=JUNE)
    assert [one.code for one in done.after] == ["north-1", "north-2"]
    assert members("north", JUNE - DAY) == {"C1", "C2", "C3", "C4"}
    assert members("north", JULY) == set()
    assert (members("north-1", JUNE), members("north-2", JUNE)) == ({"C1", "C2", "C3"}, {"C4"})
    assert [one.code for one in Zone.objects.get(code="north").successors.order_by("code")] == [
        "north-1",
        "north-2",
    ]


def test_what_hung_from_a_split_zone_hangs_from_the_part_that_holds_it() -> None:
    split_zone(code="north", line=across(-2.3180), at=JUNE)
    west, east = Zone.objects.get(code="dma-1").parent, Zone.objects.get(code="dma-4").parent
    assert west is not None
    assert east is not None
    assert {west.code, east.code} == {"north-1", "north-2"}


def test_who_answered_for_a_zone_answers_for_what_follows_it() -> None:
    dispatcher = hicham()
    assign_jurisdiction(user=dispatcher, zone_code="north")
    split_zone(code="north", line=across(-2.3175), at=JUNE)
    codes = Jurisdiction.objects.filter(user=dispatcher).values_list("zone__code", flat=True)
    assert set(codes) == {"north", "north-1", "north-2"}


def test_a_line_that_does_not_cross_the_zone_is_refused() -> None:
    for line in (across(-2.40), LineString((-2.3190, 34.9190), (-2.3180, 34.9190), srid=4326)):
        with pytest.raises(InvalidInput):
            split_zone(code="north", line=line, at=JUNE)


def test_zones_of_a_kind_are_joined_into_one() -> None:
    split_zone(code="north", line=across(-2.3175), at=JUNE)
    done = merge_zones(
        codes=["north-1", "north-2"], code="all", name_fr="Tout", name_ar="الكل", at=JUNE + DAY
    )
    assert members("all", JUNE + DAY) == {"C1", "C2", "C3", "C4"}
    assert members("north-2", JUNE) == {"C4"}
    assert done.after[0].geom.area == pytest.approx(TOWN.area)
    assert {one.code for one in done.after[0].predecessors.all()} == {"north-1", "north-2"}


def test_only_two_or_more_zones_of_one_kind_are_joined() -> None:
    for codes in (["north"], ["north", "dma-1"]):
        with pytest.raises(InvalidInput):
            merge_zones(codes=codes, code="all", name_fr="Tout", name_ar="الكل")
