"""CQL2 text becomes a tree, or a refusal that says where."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gis.domain.cql2 import (
    And,
    Between,
    Box,
    Comparison,
    Folded,
    In,
    IsNull,
    Like,
    Literal,
    MalformedFilter,
    Not,
    Or,
    Property,
    Spatial,
    Wkt,
    parse,
)

KIND, CODE = Property("kind"), Property("code")


def equal(name: str, value: object) -> Comparison:
    return Comparison("=", Property(name), Literal(value))  # type: ignore[arg-type]


def test_and_binds_closer_than_or_and_not_closest() -> None:
    tree = parse("kind = 'pipe' OR kind = 'valve' AND NOT state = 'open'")
    assert tree == Or((equal("kind", "pipe"), And((equal("kind", "valve"), Not(equal("state", "open"))))))
    assert parse("NOT (a = 1 OR b = 2)") == Not(Or((equal("a", 1), equal("b", 2))))
    assert parse("(a = 1 OR b = 2) AND c = 3") == And((Or((equal("a", 1), equal("b", 2))), equal("c", 3)))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'l''eau'", "l'eau"),
        ("'قناة'", "قناة"),
        ("''", ""),
        ("-1.5e2", -150),
        (".25", 0.25),
        ("007", 7),
        ("TRUE", True),
        ("false", False),
        ("DATE('2026-06-01')", date(2026, 6, 1)),
        ("TIMESTAMP('2026-06-01T10:00:00Z')", datetime(2026, 6, 1, 10, tzinfo=UTC)),
    ],
)
def test_values_are_texts_numbers_booleans_and_instants(text: str, value: object) -> None:
    assert parse(f"x = {text}") == equal("x", value)


def test_names_may_be_quoted_and_keywords_take_any_case() -> None:
    assert parse('"and" Is Not Null') == Not(IsNull(Property("and")))
    assert parse("code like 'V%'\n and\tcode NOT LIKE '%9'") == And(
        (Like(CODE, Literal("V%")), Not(Like(CODE, Literal("%9"))))
    )
    assert parse("orientation=1 AND inner=2") == And((equal("orientation", 1), equal("inner", 2)))


def test_ranges_lists_and_folded_case_are_read() -> None:
    assert parse("d BETWEEN 80 AND 100 AND x = 1") == And(
        (Between(Property("d"), Literal(80), Literal(100)), equal("x", 1))
    )
    assert parse("kind NOT IN ('pipe', 'valve')") == Not(In(KIND, (Literal("pipe"), Literal("valve"))))
    assert parse("CASEI(code) = CASEI('v1')") == Comparison("=", Folded(CODE), Folded(Literal("v1")))


def test_places_are_boxes_and_well_known_text() -> None:
    place = Property("geometry")
    assert parse("S_INTERSECTS(geometry, BBOX(-2.4, 34, -2.3, 35))") == Spatial(
        "intersects", place, Box((-2.4, 34, -2.3, 35))
    )
    area = "POLYGON((0 0, 1 0, 1 1, 0 0), (0.1 0.1, 0.2 0.1, 0.2 0.2, 0.1 0.1))"
    assert parse(f"s_within(geometry,{area})") == Spatial("within", place, Wkt(area))


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("   ", 1),
        ("kind", 5),
        ("kind =", 7),
        ("kind = 'pipe", 8),
        ("kind = 'a' kind = 'b'", 12),
        ("kind = 'a' OR", 14),
        ("(kind = 'a'", 12),
        ("kind == 'a'", 7),
        ("kind = 'a'; DROP TABLE gis_node", 11),
        ("length_m + 1 > 3", 10),
        ("S_INTERSECTS(geometry)", 22),
        ("S_INTERSECTS(geometry, BBOX(1, 2, 3))", 24),
        ("S_INTERSECTS(geometry, BBOX(1, 2, 'a', 3))", 24),
        ("S_INTERSECTS(geometry, POINT(1 2)", 34),
        ("x = DATE('soon')", 5),
        ("x = 1e999", 5),
        ("T_AFTER(state_at, DATE('2026-01-01'))", 8),
        ("NOT NOT x = 1", 5),
        ("kind IS 'a'", 9),
        ("(" * 60 + "x = 1" + ")" * 60, 41),
        ("CASEI(" * 60 + "x" + ")" * 60 + " = 'a'", 0),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_character(text: str, position: int) -> None:
    with pytest.raises(MalformedFilter) as refused:
        parse(text)
    assert refused.value.position == (position or refused.value.position)


def test_an_endless_filter_is_not_read() -> None:
    with pytest.raises(MalformedFilter):
        parse("x = 1 OR " * 1000 + "x = 1")
