"""The rule by which the demo's customers are derived."""

from __future__ import annotations

import math

from gis.domain.customers import DerivationRule, derive_points
from gis.domain.rows import LinkRow, NodeRow

A = NodeRow(
    "a", "junction", (0.0, 0.0), attributes={"base_demand_m3_h": 0.95, "demands": {"P-Commercial": 0.95}}
)
B = NodeRow("b", "junction", (100.0, 0.0), attributes={"base_demand_m3_h": 0.2})
C = NodeRow("c", "junction", (0.0, 100.0), attributes={})
PIPES = [
    LinkRow("p1", "pipe", A.key, B.key, (A.position, B.position)),
    LinkRow("p2", "pipe", C.key, A.key, (C.position, A.position)),
]
RULE = DerivationRule(critical=(("school", 2),))


def test_each_junction_has_customers_in_proportion_to_its_demand() -> None:
    points = derive_points([A, B, C], PIPES, RULE)
    assert [point.node[1] for point in points] == ["a"] * 10 + ["b"] * 2
    assert points[0].code == "W-00001"
    assert {point.category for point in points[:10]} == {"commercial"}


def test_customers_stand_beside_the_near_half_of_their_pipe() -> None:
    for point in derive_points([A], PIPES, RULE):
        assert math.dist(point.position, A.position) <= 51
        across = abs(point.position[1] if point.link == ("pipe", "p1") else point.position[0])
        assert 3 <= across <= 8
    assert {point.link for point in derive_points([A], PIPES, RULE)} == {("pipe", "p1"), ("pipe", "p2")}


def test_the_same_seed_gives_the_same_customers_and_another_one_others() -> None:
    once = derive_points([A, B], PIPES, RULE)
    assert once == derive_points([B, A], list(reversed(PIPES)), RULE)
    assert once != derive_points([A, B], PIPES, DerivationRule(seed=1, critical=(("school", 2),)))


def test_a_few_customers_are_critical() -> None:
    points = derive_points([A, B], PIPES, RULE)
    assert [point.critical_kind for point in points].count("school") == 2
