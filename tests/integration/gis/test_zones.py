"""Who lies in which zone, since when, and who answers for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from backend.core.errors import InvalidInput
from gis.models import ConnectionPoint, Link, Node, Zone, ZoneMembership
from gis.queries import connection_points_in, public_zones, zones_at
from gis.services import NewZone, add_zones, assign_jurisdiction, derive_memberships, remove_zones
from tests.factories.core import fatima, hicham, omar, salma
from tests.factories.gis import built, customers, square, zone

pytestmark = pytest.mark.django_db

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
# Nodes of a drawing stand 0.001 degree apart eastwards from -2.32, 34.92: R1, a and b here.
WEST, EAST = square(-2.3205, 34.9195), square(-2.3195, 34.9195)


@pytest.fixture
def street() -> None:
    customers(built("R1 --p1-- a --p2-- b"), C1="R1", C2="a", C3="b")


def members(code: str, at: datetime) -> set[str]:
    return {point.code for point in connection_points_in(Zone.objects.get(code=code), at)}


def test_the_first_membership_begins_with_its_zone(street: None) -> None:
    zone("west", WEST)
    zone("east", EAST)
    changes = derive_memberships(at=JUNE)
    assert (changes.begun, changes.ended) == (2, 0)
    assert members("west", JUNE - 400 * DAY) == {"C1"}
    assert members("east", JUNE) == {"C2"}


def test_deriving_again_changes_nothing(street: None) -> None:
    zone("west", WEST)
    derive_memberships(at=JUNE)
    again = derive_memberships(at=JULY)
    assert (again.begun, again.ended) == (0, 0)


def test_a_moved_boundary_keeps_what_was_true_before(street: None) -> None:
    zone("west", WEST)
    zone("east", EAST)
    derive_memberships(at=JUNE)
    zone("west", square(-2.3205, 34.9195, 0.002), at=JULY)
    zone("east", square(-2.3185, 34.9195), at=JULY)
    derive_memberships(at=JULY)
    assert (members("west", JULY), members("east", JULY)) == ({"C1", "C2"}, {"C3"})
    assert (members("west", JULY - DAY), members("east", JULY - DAY)) == ({"C1"}, {"C2"})


def test_of_two_zones_that_overlap_the_smaller_one_holds_the_point(street: None) -> None:
    zone("large", square(-2.33, 34.91, 0.02))
    zone("small", WEST)
    derive_memberships(at=JUNE)
    assert "C1" in members("small", JUNE)
    assert members("large", JUNE) == {"C2", "C3"}


def test_kinds_do_not_exclude_each_other_and_utilities_do(street: None) -> None:
    zone("town", square(-2.33, 34.91, 0.02), kind="commune")
    zone("tr-1", WEST, kind="transformer", utility="electricity")
    derive_memberships(at=JUNE)
    assert members("town", JUNE) == {"C1", "C2", "C3"}
    assert members("tr-1", JUNE) == set(), "a transformer feeds no water"


def test_the_database_refuses_two_zones_of_a_kind_at_a_time(street: None) -> None:
    first, second = zone("west", WEST), zone("east", EAST)
    point = ConnectionPoint.objects.get(code="C1")
    ZoneMembership.objects.create(
        connection_point=point, zone=first, zone_kind="dma", valid=DateTimeTZRange(None, JULY)
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        ZoneMembership.objects.create(
            connection_point=point, zone=second, zone_kind="dma", valid=DateTimeTZRange(JUNE, None)
        )


def test_the_zones_of_a_place_come_smallest_first() -> None:
    zone("town", square(-2.33, 34.91, 0.02), kind="commune")
    zone("west", WEST)
    assert [found.code for found in zones_at(-2.32, 34.92, JUNE)] == ["west", "town"]
    assert zones_at(0, 0, JUNE) == []


def test_zones_given_again_are_left_alone_and_changed_ones_counted() -> None:
    wanted = [NewZone("west", "dma", "Ouest", "غرب", WEST)]
    assert add_zones(zones=wanted).created == 1
    assert add_zones(zones=wanted).unchanged == 1
    assert add_zones(zones=[NewZone("west", "dma", "Ouest", "غرب", EAST)]).updated == 1
    assert Zone.objects.get(code="west").version == 2
    assert [found.code for found in public_zones()] == ["west"]


def test_a_batch_of_zones_may_name_parents_among_themselves_in_any_order() -> None:
    wanted = [
        NewZone("west", "dma", "Ouest", "غرب", WEST, parent="town"),
        NewZone("town", "commune", "Ville", "المدينة", square(-2.33, 34.91, 0.02)),
    ]
    assert add_zones(zones=wanted).created == 2
    assert Zone.objects.get(code="west").parent == Zone.objects.get(code="town")


def test_every_zone_that_cannot_be_drawn_is_named_with_its_reasons() -> None:
    bow_tie = Polygon(((0, 0), (1, 1), (1, 0), (0, 1), (0, 0)), srid=4326)
    with pytest.raises(InvalidInput) as refused:
        add_zones(
            zones=[
                NewZone("a", "dma", "A", "أ", WEST, parent="b"),
                NewZone("b", "dma", "B", "ب", EAST, parent="a"),
                NewZone("c", "dma", "C", "ج", bow_tie),
                NewZone("d", "commune", "D", "د", WEST, parent="c"),
                NewZone("e", "dma", "", "ه", WEST),
            ]
        )
    assert set(refused.value.extra["errors"]) == {"a", "b", "c", "d", "e"}
    assert not Zone.objects.exists()


def test_outlines_come_in_any_known_coordinate_system() -> None:
    plane = WEST.transform(26191, clone=True)
    add_zones(zones=[NewZone("west", "dma", "Ouest", "غرب", plane)])
    assert Zone.objects.get(code="west").geom.equals_exact(MultiPolygon(WEST, srid=4326), tolerance=1e-7)


def test_zones_drawn_by_mistake_are_removed_unless_something_rests_on_them(street: None) -> None:
    zone("west", WEST)
    zone("east", EAST)
    derive_memberships(at=JUNE)
    assign_jurisdiction(user=hicham(), zone_code="west")
    with pytest.raises(InvalidInput):
        remove_zones(codes=["west", "east"])
    assert remove_zones(codes=["east"]) == 1
    assert [found.code for found in Zone.objects.all()] == ["west"]
    assert not ZoneMembership.objects.filter(connection_point__code="C2").exists()


def test_a_zone_of_an_unknown_parent_is_refused() -> None:
    with pytest.raises(InvalidInput):
        add_zones(zones=[NewZone("west", "dma", "Ouest", "غرب", WEST, parent="nowhere")])


def test_staff_see_what_touches_their_zones_and_nothing_else(street: None) -> None:
    dispatcher = hicham()
    zone("west", WEST)
    assign_jurisdiction(user=dispatcher, zone_code="west")
    assert [node.code for node in Node.objects.visible_to(dispatcher)] == ["R1"]
    assert [link.code for link in Link.objects.visible_to(dispatcher)] == ["p1"]
    assert [point.code for point in ConnectionPoint.objects.visible_to(dispatcher)] == ["C1"]


def test_a_jurisdiction_without_zone_is_everywhere_and_none_is_nowhere(street: None) -> None:
    supervisor, dispatcher = salma(), hicham()
    assign_jurisdiction(user=supervisor)
    assert Node.objects.visible_to(supervisor).count() == 3
    assert Node.objects.visible_to(dispatcher).count() == 0
    assert Node.objects.visible_to(omar()).count() == 3


def test_citizens_see_no_network_even_with_a_jurisdiction(street: None) -> None:
    citizen = fatima()
    assign_jurisdiction(user=citizen)
    assert not Node.objects.visible_to(citizen).exists()
    assert not Node.objects.visible_to(None).exists()
