"""Boundaries that move, zones that end: from then on, and never before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.gis.geos import GEOSGeometry, Polygon
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.core import clock
from backend.core.errors import InvalidInput, VersionConflict
from backend.core.models import AuditEntry, OutboxEvent
from gis.errors import NoSuchZone
from gis.models import ConnectionPoint, FormerOutline, Zone, ZoneMembership
from gis.queries import connection_points_in
from gis.services import (
    Neighbours,
    NewZone,
    close_zone,
    derive_memberships,
    describe_zone,
    draw_zone,
    redraw_zone,
)
from gis.services.zones.memberships import TOPIC
from tests.factories.core import salma
from tests.factories.gis import built, customers, square, zone

pytestmark = pytest.mark.django_db

MAY = datetime(2026, 5, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
# Nodes of a drawing stand 0.001 degree apart eastwards from -2.32, 34.92: R1, a, b and c here.
WEST, EAST = square(-2.3205, 34.9195, 0.002), square(-2.3185, 34.9195, 0.002)


def strip(first: int, last: int) -> Polygon:
    """Draw what holds the nodes of these columns."""
    west = -2.3205 + 0.001 * first
    box = Polygon.from_bbox((west, 34.9195, west + 0.001 * (last - first + 1), 34.9205))
    box.srid = 4326
    return box


@pytest.fixture(autouse=True)
def street(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay a street of four customers, two in each of two zones, on the 1st of July."""
    monkeypatch.setattr(clock, "now", lambda: JULY)
    customers(built("R1 --p1-- a --p2-- b --p3-- c"), C1="R1", C2="a", C3="b", C4="c")
    zone("west", strip(0, 1))
    zone("east", strip(2, 3))
    derive_memberships(at=MAY)


def members(code: str, at: datetime) -> str:
    found = connection_points_in(Zone.objects.get(code=code), at).order_by("code")
    return " ".join(found.values_list("code", flat=True))


def told() -> dict[str, str | None]:
    """Return the zones of the last event, by code, and since when."""
    event = OutboxEvent.objects.filter(topic=TOPIC).latest("pk")
    codes = dict(Zone.objects.values_list("pk", "code"))
    return {codes[pk]: since for pk, since in event.payload["zones"]}


def test_a_redrawn_zone_keeps_its_members_of_before_and_its_outline_of_before() -> None:
    supervisor = salma()
    change = redraw_zone(code="west", geom=strip(0, 0), at=JUNE, actor=supervisor, reason="Vanne fermée")
    assert (change.memberships.begun, change.memberships.ended) == (0, 1)
    assert (members("west", JUNE - DAY), members("west", JUNE)) == ("C1 C2", "C1")
    former = FormerOutline.objects.get(zone__code="west")
    assert (former.valid.lower, former.valid.upper) == (None, JUNE)
    assert (former.reason, former.redrawn_by) == ("Vanne fermée", supervisor)
    assert AuditEntry.objects.filter(action="gis.zone_redrawn").count() == 1


def test_neighbours_may_give_way_be_spared_or_be_overlapped() -> None:
    taken = redraw_zone(code="west", geom=strip(0, 2), at=JUNE, neighbours=Neighbours.TAKE)
    assert taken.neighbours == ("east",)
    assert (members("west", JUNE), members("east", JUNE)) == ("C1 C2 C3", "C4")
    assert members("east", JUNE - DAY) == "C3 C4"
    spared = redraw_zone(code="east", geom=strip(1, 3), at=JUNE + DAY, neighbours=Neighbours.CUT)
    assert spared.neighbours == ()
    assert (members("west", JULY), members("east", JULY)) == ("C1 C2 C3", "C4")
    redraw_zone(code="east", geom=strip(2, 3), at=JUNE + 2 * DAY)
    assert (members("west", JULY), members("east", JULY)) == ("C1 C2", "C3 C4"), "the smaller one holds"


def test_a_zone_that_becomes_the_smaller_one_takes_what_both_hold() -> None:
    redraw_zone(code="west", geom=strip(0, 3), at=JUNE)
    assert (members("west", JUNE), members("east", JUNE)) == ("C1 C2", "C3 C4")
    redraw_zone(code="east", geom=square(-2.34, 34.90, 0.04), at=JUNE + DAY)
    assert (members("west", JULY), members("east", JULY)) == ("C1 C2 C3 C4", "")


def test_nothing_may_be_left_of_nobody() -> None:
    with pytest.raises(InvalidInput):
        redraw_zone(code="west", geom=strip(0, 3), at=JUNE, neighbours=Neighbours.TAKE)
    with pytest.raises(InvalidInput):
        redraw_zone(code="west", geom=strip(2, 2), at=JUNE, neighbours=Neighbours.CUT)
    assert members("east", JULY) == "C3 C4"


def test_a_change_is_dated_after_the_last_one_and_not_in_the_future() -> None:
    redraw_zone(code="west", geom=strip(0, 0), at=JUNE)
    for instant in (MAY, JUNE, JULY + DAY):
        with pytest.raises(InvalidInput):
            redraw_zone(code="west", geom=strip(0, 1), at=instant)


def test_a_stale_version_and_an_unknown_code_are_refused() -> None:
    redraw_zone(code="west", geom=strip(0, 0), at=JUNE, version=1)
    with pytest.raises(VersionConflict):
        redraw_zone(code="west", geom=strip(0, 1), version=1)
    with pytest.raises(NoSuchZone):
        redraw_zone(code="north", geom=strip(0, 1))


def test_a_closed_zone_keeps_its_past_and_who_lay_in_it() -> None:
    close_zone(code="east", at=JUNE)
    assert (members("east", JUNE - DAY), members("east", JUNE)) == ("C3 C4", "")
    with pytest.raises(InvalidInput):
        redraw_zone(code="east", geom=strip(2, 2), at=JUNE + DAY)


def test_a_zone_that_others_hang_from_is_not_closed_before_them() -> None:
    zone("town", strip(0, 3), kind="commune")
    describe_zone(code="west", name_fr="Ouest", name_ar="غرب", parent="town")
    with pytest.raises(InvalidInput):
        close_zone(code="town", at=JUNE)
    close_zone(code="west", at=JUNE)
    close_zone(code="town", at=JUNE + DAY)
    with pytest.raises(InvalidInput):
        describe_zone(code="town", name_fr="Ville", name_ar="المدينة", parent="east")


def test_a_new_zone_begins_when_it_is_drawn_and_changes_nothing_before() -> None:
    new = NewZone("centre", "dma", "Centre", "الوسط", strip(1, 2), valid_from=JUNE)
    change = draw_zone(new=new, neighbours=Neighbours.TAKE)
    assert change.neighbours == ("east", "west")
    assert [members(code, JUNE) for code in ("west", "centre", "east")] == ["C1", "C2 C3", "C4"]
    assert [members(code, JUNE - DAY) for code in ("west", "centre", "east")] == ["C1 C2", "", "C3 C4"]
    with pytest.raises(InvalidInput):
        draw_zone(new=new)


def test_the_event_names_the_zones_whose_members_changed_and_since_when() -> None:
    assert told() == {"west": None, "east": None}
    redraw_zone(code="west", geom=strip(0, 2), at=JUNE)
    redraw_zone(code="east", geom=strip(3, 3), at=JUNE + DAY)
    since = (JUNE + DAY).isoformat()
    assert told() == {"west": since, "east": since}


def test_a_point_that_comes_later_has_been_in_its_zone_since_it_was_drawn_so() -> None:
    redraw_zone(code="west", geom=strip(0, 2), at=JUNE, neighbours=Neighbours.TAKE)
    ZoneMembership.objects.filter(connection_point__code="C3").delete()
    derive_memberships(at=JULY)
    assert "C3" in members("east", JUNE - DAY)
    assert "C3" in members("west", JUNE)


def test_a_point_that_moved_changes_zone_from_then_on() -> None:
    point = ConnectionPoint.objects.get(code="C1")
    point.geom = ConnectionPoint.objects.get(code="C4").geom
    point.save()
    derive_memberships(at=JUNE, network_code="rue")
    assert (members("east", JUNE), members("east", JUNE - DAY)) == ("C1 C3 C4", "C3 C4")


def test_deriving_a_part_changes_what_deriving_everything_would() -> None:
    redraw_zone(code="west", geom=strip(0, 2), at=JUNE)
    redraw_zone(code="east", geom=strip(1, 3), at=JUNE + DAY)
    close_zone(code="west", at=JUNE + 2 * DAY)
    again = derive_memberships(at=MAY)
    assert (again.begun, again.ended) == (0, 0)


STRIPS = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda ends: strip(min(ends), max(ends)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["west", "east"]), STRIPS), min_size=1, max_size=5))
def test_whatever_is_redrawn_the_past_stays_and_the_present_follows_the_drawing(
    steps: list[tuple[str, GEOSGeometry]],
) -> None:
    ZoneMembership.objects.all().delete()
    FormerOutline.objects.all().delete()
    zone("west", strip(0, 1))
    zone("east", strip(2, 3))
    FormerOutline.objects.all().delete()
    derive_memberships(at=MAY)
    past: dict[datetime, tuple[str, str]] = {}
    for number, (code, outline) in enumerate(steps, start=1):
        at = MAY + number * DAY
        past[at - DAY / 2] = members("west", at - DAY / 2), members("east", at - DAY / 2)
        redraw_zone(code=code, geom=outline, at=at)
        held = sorted((members("west", at) + " " + members("east", at)).split())
        lying = ConnectionPoint.objects.filter(geom__intersects=Zone.objects.get(code="west").geom)
        lying |= ConnectionPoint.objects.filter(geom__intersects=Zone.objects.get(code="east").geom)
        assert held == sorted(set(lying.values_list("code", flat=True)))
    assert past == {at: (members("west", at), members("east", at)) for at in past}
    assert derive_memberships(at=MAY).begun == 0


def test_only_the_points_named_are_looked_at() -> None:
    ZoneMembership.objects.all().delete()
    first = ConnectionPoint.objects.get(code="C1").pk
    assert derive_memberships(points=[first]).begun == 1
    assert derive_memberships(points=[]).begun == 0
    assert derive_memberships().begun == 3
