"""What is said of rows before anything is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gis.domain.checks import check_rows, without_refused
from gis.domain.rows import ConnectionPointRow, LinkRow, NetworkRows, NodeRow, Reason, RowError
from tests.factories.gis import drawn_rows

SOUND = drawn_rows("R1 --p1-- a --p2-- b")
A, B, P1 = SOUND.nodes[1], SOUND.nodes[2], SOUND.links[0]


def with_link(link: LinkRow) -> NetworkRows:
    return replace(SOUND, links=(*SOUND.links, link))


def test_a_sound_network_has_nothing_to_say() -> None:
    assert check_rows(SOUND) == []


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (replace(P1, code="x", end=("junction", "nowhere")), Reason.DANGLING),
        (replace(P1, code="x", end=P1.start), Reason.SELF_LOOP),
        (replace(P1, code="x", length_m=0.0), Reason.ZERO_LENGTH),
        (replace(P1, code="x", line=(A.position, A.position)), Reason.ZERO_LENGTH),
        (replace(P1, code="x", line=(A.position,)), Reason.NO_GEOMETRY),
        (replace(P1, code="x", line=(A.position, (float("nan"), 0.0))), Reason.NO_GEOMETRY),
        (replace(P1, code="x", state="ajar"), Reason.UNKNOWN_STATE),
    ],
)
def test_a_bad_link_is_named_with_its_reason(link: LinkRow, reason: Reason) -> None:
    assert [(error.row, error.reason) for error in check_rows(with_link(link))] == [("pipe x", reason)]


def test_a_device_may_have_no_length_of_its_own() -> None:
    assert check_rows(with_link(replace(P1, code="v", kind="valve", length_m=0.0))) == []


def test_a_code_given_twice_is_told_once() -> None:
    assert check_rows(with_link(P1)) == [RowError("pipe p1", Reason.DUPLICATE, "2")]


def test_a_connection_point_must_hang_on_something() -> None:
    point = ConnectionPointRow("C1", ("junction", "nowhere"), A.position)
    errors = check_rows(replace(SOUND, connection_points=(point,)))
    assert [(error.row, error.reason) for error in errors] == [("connection point C1", Reason.DANGLING)]


def test_without_a_refused_node_its_links_and_customers_go_too() -> None:
    lost = NodeRow("b", "junction", (float("inf"), 0.0))
    point = ConnectionPointRow("C1", lost.key, A.position)
    rows = replace(SOUND, nodes=(*SOUND.nodes[:2], lost), connection_points=(point,))
    kept = without_refused(rows, check_rows(rows))
    assert [node.code for node in kept.nodes] == ["R1", "a"]
    assert [link.code for link in kept.links] == ["p1"]
    assert kept.connection_points == ()


def test_of_a_code_given_twice_the_first_is_kept() -> None:
    rows = with_link(replace(P1, length_m=99.0))
    kept = without_refused(rows, check_rows(rows))
    assert [(link.code, link.length_m) for link in kept.links] == [("p1", None), ("p2", None)]
