"""Coordinates understood, or refused with a reason."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.domain.placement import GEOID, Place, PlacementError, geodesic_length_m, place_rows
from gis.domain.rows import LinkRow, NetworkRows, NodeRow, Position

BERKANE = Place(-2.32576, 34.92853)


def rows(*places: Position, unit: str | None = None, crs: str | None = None) -> NetworkRows:
    nodes = tuple(NodeRow(str(index), "junction", place) for index, place in enumerate(places))
    link = LinkRow("p", "pipe", nodes[0].key, nodes[-1].key, places)
    return NetworkRows("water", nodes, (link,), crs=crs, coordinate_unit=unit)


@given(
    st.lists(st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000)), min_size=2, max_size=6, unique=True),
    st.floats(-180, 180),
)
def test_placing_keeps_every_distance(places: list[Position], rotation: float) -> None:
    placed = place_rows(rows(*places), place=replace(BERKANE, rotation_deg=rotation))
    (ax, ay), (bx, by) = placed.rows.nodes[0].position, placed.rows.nodes[-1].position
    expected = math.dist(places[0], places[-1])
    assert GEOID.inv(ax, ay, bx, by)[2] == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_feet_are_brought_to_metres() -> None:
    placed = place_rows(rows((0, 0), (1000, 0)), unit="ft", place=BERKANE)
    assert geodesic_length_m(placed.rows.links[0].line) == pytest.approx(304.8, rel=1e-3)


def test_degrees_are_placed_by_measuring_them_in_their_own_zone() -> None:
    source = rows((7.87, 48.46), (7.88, 48.46), unit="deg")
    expected = geodesic_length_m(source.links[0].line)
    placed = place_rows(source, place=BERKANE)
    assert placed.source_crs == "EPSG:32632"
    assert geodesic_length_m(placed.rows.links[0].line) == pytest.approx(expected, rel=1e-3)


def test_a_moroccan_grid_is_read_where_it_is() -> None:
    placed = place_rows(rows((781_000, 486_000), (781_100, 486_000)), crs="EPSG:26191")
    lon, lat = placed.rows.nodes[0].position
    assert (lon, lat) == (pytest.approx(-2.35, abs=0.1), pytest.approx(34.9, abs=0.2))
    assert (placed.source_crs, placed.placed_in) == ("EPSG:26191", None)


def test_a_grid_in_us_feet_is_not_scaled_twice() -> None:
    feet = place_rows(rows((5_200_000, 3_900_000), (5_201_000, 3_900_000)), crs="EPSG:3089", unit="us-ft")
    assert geodesic_length_m(feet.rows.links[0].line) == pytest.approx(304.8, rel=1e-3)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "missing_crs"),
        ({"unit": "cubit", "place": BERKANE}, "unknown_unit"),
        ({"crs": "EPSG:0"}, "unknown_crs"),
        ({"crs": "EPSG:4326", "unit": "m"}, "unknown_unit"),
    ],
)
def test_what_cannot_be_understood_is_refused(options: dict[str, object], code: str) -> None:
    with pytest.raises(PlacementError) as refused:
        place_rows(rows((0, 0), (1, 1)), **options)  # type: ignore[arg-type]
    assert refused.value.code == code
