"""Classes of a choropleth cover every value, each once."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from webmap.exports.shades import NOTHING, SHADES, classes, shade_of

values = st.lists(st.floats(0, 1e6).map(lambda value: round(value, 1)), min_size=1, max_size=40)


@given(values)
def test_classes_join_without_gap_from_the_least_to_the_greatest(known: list[float]) -> None:
    found = classes(known, "water")
    assert (found[0].low, found[-1].high) == (min(known), max(known))
    assert all(one.high == following.low for one, following in pairwise(found))
    assert len(found) == min(5, len(set(known)))


@given(values)
def test_every_value_has_a_shade_and_greater_ones_are_no_lighter(known: list[float]) -> None:
    found = classes(known, "electricity")
    order = [SHADES["electricity"].index(shade_of(value, found)) for value in sorted(known)]
    assert order == sorted(order)


def test_what_is_not_known_is_grey() -> None:
    assert shade_of(None, classes([1.0, 2.0], "water")) == NOTHING
    assert classes([], "water") == []
