"""Lines cut and followed in a plane, and ground divided among groups."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.domain.areas import partition
from gis.domain.lines import beside, cut, length, locate

CORNER = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0))


def test_a_place_along_a_line_turns_its_corners() -> None:
    assert locate(CORNER, 15) == ((10.0, 5.0), 2)
    assert locate(CORNER, -1)[0] == (0.0, 0.0)
    assert locate(CORNER, 99)[0] == (10.0, 10.0)


def test_left_is_left() -> None:
    assert beside(CORNER, 5, 2) == (5.0, 2.0)
    assert beside(CORNER, 5, -2) == (5.0, -2.0)


@given(st.floats(0.0, 20.0))
def test_the_two_parts_of_a_cut_make_the_whole(distance: float) -> None:
    near, rest = cut(CORNER, distance)
    assert near[-1] == rest[0]
    assert length(near) + length(rest) == pytest.approx(length(CORNER))
    assert length(near) == pytest.approx(distance)


def test_areas_hold_their_places_and_never_overlap() -> None:
    groups = {
        "west": [(-2.3200 + 0.0003 * i, 34.92) for i in range(5)],
        "east": [(-2.3185 + 0.0003 * i, 34.92) for i in range(5)],
    }
    areas = partition(groups)
    assert set(areas) == {"west", "east"}
    assert areas["west"].intersection(areas["east"]).area == pytest.approx(0, abs=1e-12)
    from shapely import Point

    for name, places in groups.items():
        assert all(areas[name].contains(Point(place)) for place in places)
