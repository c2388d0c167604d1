"""What tiles are made of, while others write: every reader's sums are those of its own moment."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from django.db.models import Sum

from gis.models import ConnectionPoint, TileCell
from gis.queries.tiles import layer_version
from gis.services.tiles import settle_tiles
from tests.factories.gis import built, customers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def street() -> None:
    customers(built("R1 --p0-- a ==v1== b --p1-- c"), C1="a", C2="b", C3="c")


@pytest.fixture
def other(street: None) -> Iterator[psycopg.Connection]:
    """Another writer, in a transaction of its own."""
    settings = connection.settings_dict
    address = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**settings)
    with psycopg.connect(address) as writer:
        yield writer


def counted(z: int = 10) -> int:
    cells = TileCell.objects.filter(layer="connection-points", z=z)
    return int(cells.aggregate(sum=Sum("count"))["sum"] or 0)


def test_what_is_not_committed_is_not_counted_and_is_not_lost_when_others_settle(
    other: psycopg.Connection,
) -> None:
    other.execute("DELETE FROM gis_connectionpoint WHERE code = 'C1'")
    ConnectionPoint.objects.filter(code="C2").update(geom="SRID=4326;POINT(-3.5 34.9)")
    assert settle_tiles() > 0
    assert counted() == 3
    other.commit()
    assert counted() == 2
    settle_tiles()
    assert [counted(z) for z in range(15)] == [2] * 15


def test_two_writers_of_one_place_do_not_wait_for_each_other(other: psycopg.Connection) -> None:
    other.execute("SET lock_timeout = '2s'")
    other.execute("DELETE FROM gis_connectionpoint WHERE code = 'C1'")
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
        ConnectionPoint.objects.filter(code="C3").delete()
        cursor.execute("RESET lock_timeout")
    other.commit()
    assert counted() == 1


def test_a_late_commit_changes_the_version_though_others_came_after_it(other: psycopg.Connection) -> None:
    other.execute("DELETE FROM gis_connectionpoint WHERE code = 'C1'")
    ConnectionPoint.objects.filter(code="C3").delete()
    settle_tiles()
    before = layer_version("connection-points")
    other.commit()
    assert layer_version("connection-points") != before


def test_who_settles_leaves_the_others_alone(other: psycopg.Connection) -> None:
    other.execute("SELECT pg_advisory_xact_lock(hashtext('gis.settle_tiles'))")
    assert settle_tiles() == 0
    assert TileCell.objects.filter(settled=False).exists()
    other.rollback()
    assert settle_tiles() > 0
