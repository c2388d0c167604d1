"""Boxes in the axis order of their coordinate system, and instants as OGC API writes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gis.domain.crs import CRS84, SUPPORTED, box_corners, crs_named
from gis.domain.moments import parse_moments

EPSG_4326 = crs_named("http://www.opengis.net/def/crs/EPSG/0/4326")
NORTH_MOROCCO = crs_named("EPSG:26191")


def test_coordinate_systems_go_by_uri_curie_and_code() -> None:
    assert crs_named("http://www.opengis.net/def/crs/EPSG/0/26191") == NORTH_MOROCCO
    assert crs_named("[EPSG:26191]") == NORTH_MOROCCO
    assert crs_named("http://www.opengis.net/def/crs/OGC/1.3/CRS84") == CRS84
    assert crs_named("EPSG:9999") is None
    assert {crs.srid for crs in SUPPORTED} == {4326, 3857, 26191, 26192, 26194, 26195}


def test_a_box_is_read_in_the_order_of_its_axes() -> None:
    assert EPSG_4326 is not None
    assert NORTH_MOROCCO is not None
    assert box_corners([-2.4, 34.9, -2.3, 35.0], CRS84) == (-2.4, 34.9, -2.3, 35.0)
    assert box_corners([34.9, -2.4, 35.0, -2.3], EPSG_4326) == (-2.4, 34.9, -2.3, 35.0)
    assert box_corners([1, 2, 0, 3, 4, 99], NORTH_MOROCCO) == (1, 2, 3, 4)
    assert box_corners([170, -10, -170, 10], CRS84) == (170, -10, -170, 10)


@pytest.mark.parametrize(
    "numbers",
    [[1, 2, 3], [1, 2, 3, 4, 5], [0, 5, 1, 4], [0, 0, float("nan"), 1], [-181, 0, 1, 1], [0, -91, 1, 1]],
)
def test_a_box_that_is_none_is_refused(numbers: list[float]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        box_corners(numbers, CRS84)


def test_instants_days_and_open_ends() -> None:
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert parse_moments("2026-06-01T12:00:00Z") == (noon, noon)
    assert parse_moments("2026-06-01T13:00:00+01:00/..") == (noon, None)
    assert parse_moments("/2026-06-01T12:00:00Z") == (None, noon)
    assert parse_moments("../..") == (None, None)
    start, end = parse_moments("2026-06-01")
    assert (start, end) == (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 1, 23, 59, 59, 999999, UTC))


@pytest.mark.parametrize(
    "text", ["", "..", "yesterday", "2026-06-01T12:00:00", "2026-06-02/2026-06-01", "2026-13-01", "a/b/c"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_moments(text)
