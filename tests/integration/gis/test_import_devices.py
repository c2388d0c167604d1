"""Valves and switches drawn as points: each divides the pipe under it, and the network isolates there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gis.domain.mapping import read_mapping
from gis.errors import ImportRefused
from gis.models import ConnectionPoint, Link, Network, Node
from gis.queries import directed_trace, isolation_trace
from gis.services import ImportReport, import_network, undo_import
from tests.factories.gis import built, customers
from tests.factories.vector import write_layer

pytestmark = pytest.mark.django_db

WEST, NORTH, STEP = -2.32, 34.92, 0.001
"""Where drawings begin, and how far apart their nodes are, in degrees: 91 m, 111 m."""

VALVES = """
layers:
  - model: link
    code: ID
    kind: TYPE
    diameter_mm: DN
    attributes: [MARQUE]
    on: {tolerance_m: 1}
"""
ON_NAMED = """
layers:
  - {model: link, code: ID, kind: {value: valve}, on: {tolerance_m: 1, link: SUR, reversed: SENS}}
"""


def at(column: float, row: float = 0) -> str:
    """Return the place of a node of a drawing, or between two."""
    return f"POINT ({WEST + STEP * column} {NORTH - STEP * row})"


def valve(code: str, place: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    return place, {"ID": code, "TYPE": "valve", "DN": 110.0, "MARQUE": "Bayard"} | fields


def brought(folder: Path, *rows: Any, mapping: str = VALVES, **options: Any) -> ImportReport:
    path = folder / "vannes.gpkg"
    path.unlink(missing_ok=True)
    write_layer(path, rows, crs="EPSG:4326")
    return import_network(
        path=path, code="rue", file_format="vector", mapping=read_mapping(mapping), **options
    )


def ends() -> dict[str, tuple[str, str]]:
    return {link.code: (link.start_node.code, link.end_node.code) for link in Link.objects.all()}


def everything() -> list[Any]:
    """All that elements say, as it stands."""
    return [
        list(model.objects.order_by("pk").values_list(*names))
        for model, names in (
            (Node, ("pk", "code", "kind", "geom", "version")),
            (Link, ("pk", "code", "kind", "geom", "length_m", "start_node", "end_node", "state", "version")),
            (ConnectionPoint, ("pk", "code", "link", "node", "version")),
        )
    ]


def versionless(tables: list[Any]) -> list[Any]:
    """Leave out the versions, which only rise."""
    return [[row[:-1] for row in rows] for rows in tables]


def told(report: ImportReport) -> list[tuple[str, str, str]]:
    return [(note.row, str(note.reason), note.detail) for note in report.notes]


@pytest.fixture
def street() -> Network:
    network = built("R1 --p1-- a --p2-- b --p3-- c")
    customers(network, C1="a", C2="b", C3="c")
    Link.objects.filter(code="p2").update(length_m=100, diameter_mm=160, attributes={"materiau": "fonte"})
    return network


def test_a_valve_on_a_pipe_divides_it_and_joins_the_halves(street: Network, tmp_path: Path) -> None:
    whole = Link.objects.get(code="p2")
    report = brought(tmp_path, valve("V1", at(1.25)))
    assert ends() == {
        "p1": ("R1", "a"),
        "p2": ("a", "V1~1"),
        "V1": ("V1~1", "V1~2"),
        "p2~V1": ("V1~2", "b"),
        "p3": ("b", "c"),
    }
    first, second, device = (Link.objects.get(code=code) for code in ("p2", "p2~V1", "V1"))
    assert (first.pk, device.kind, device.operable, device.state) == (whole.pk, "valve", True, "open")
    assert (device.diameter_mm, device.attributes) == (110, {"MARQUE": "Bayard"})
    for half in (first, second):
        assert (half.kind, half.diameter_mm, half.attributes) == ("pipe", 160, {"materiau": "fonte"})
    assert first.length_m + device.length_m + second.length_m == pytest.approx(100, abs=1e-9)
    assert first.length_m == pytest.approx(25, abs=0.5)
    assert 0 < device.length_m < 1
    assert first.geom.coords[-1] == device.geom.coords[0] == Node.objects.get(code="V1~1").geom.coords
    assert (first.geom.coords[0], second.geom.coords[-1]) == (whole.geom.coords[0], whole.geom.coords[-1])
    assert told(report) == [("vannes 1: valve V1", "link_divided", "p2, p2~V1")]
    assert report.counts["links"].created == report.counts["parts"].created == 1
    assert report.counts["nodes"].created == 2


def test_isolation_works_after_such_an_import(street: Network, tmp_path: Path) -> None:
    brought(tmp_path, valve("V1", at(1.25)), valve("V2", at(2.5)))
    found = isolation_trace("rue", "junction", "b")
    assert {one.code: one.feeds for one in found.valves} == {"V1": True, "V2": False}
    assert "b" in {node.code for node in found.nodes}
    assert "a" not in {node.code for node in found.nodes}
    between = isolation_trace("rue", "pipe", "p2~V1")
    assert {one.code for one in between.valves} == {"V1", "V2"}
    assert "a" not in {node.code for node in between.nodes}
    Link.objects.filter(code="V1").update(state="closed")
    supplied = {node.code for node in directed_trace("rue", "connected", "reservoir", "R1").nodes}
    assert supplied >= {"R1", "a", "V1~1"}


def test_the_same_files_again_change_nothing(street: Network, tmp_path: Path) -> None:
    rows = [valve("V1", at(1.25)), valve("V2", at(1.75)), valve("V3", at(2))]
    brought(tmp_path, *rows)
    before = everything()
    again = brought(tmp_path, *rows)
    assert not again.changed
    assert again.counts["links"].unchanged == 3
    assert again.notes == ()
    assert everything() == before


def test_several_valves_on_a_pipe_stand_in_their_order_whenever_they_came(
    street: Network, tmp_path: Path
) -> None:
    brought(tmp_path, valve("V2", at(1.75)), valve("V3", at(1.9)))
    brought(tmp_path, valve("V1", at(1.25)))
    joined = ends()
    order = ["p2", "V1", "p2~V1", "V2", "p2~V2", "V3", "p2~V3"]
    assert [joined[code][0] for code in order] == ["a", *(joined[code][1] for code in order[:-1])]
    assert joined["p2~V3"][1] == "b"
    lengths = Link.objects.filter(code__in=order).values_list("length_m", flat=True)
    assert sum(lengths) == pytest.approx(100, abs=1e-9)


PIPES_AND_VALVES = """
utility: water
layers:
  - {layer: vannes, model: link, code: ID, kind: {value: valve}, on: {tolerance_m: 1}}
  - {layer: noeuds, model: node, code: ID, kind: {field: TYPE}}
  - {layer: conduites, model: link, code: ID, diameter_mm: DN}
  - {layer: abonnes, model: connection_point, code: ID, link: SUR}
"""


def bent(column: float, bend: float) -> str:
    """Draw a pipe from a node of a drawing to the next, its middle so many degrees to the north."""
    places = ((column, 0.0), (column + 0.5, bend), (column + 1, 0.0))
    return f"LINESTRING ({', '.join(f'{WEST + STEP * x} {NORTH + y}' for x, y in places)})"


def whole_file(folder: Path, *, diameter: float = 100.0, bend: float = 0.0) -> ImportReport:
    path = folder / "reseau.gpkg"
    path.unlink(missing_ok=True)
    places = {"R": 0, "a": 1, "b": 2}
    nodes = [
        (at(x), {"ID": code, "TYPE": "reservoir" if code == "R" else "junction"})
        for code, x in places.items()
    ]
    lines = [(bent(x, bend), {"ID": code, "DN": diameter}) for code, x in (("P1", 0), ("P2", 1))]
    write_layer(path, [(at(0.5), {"ID": "V1"})], layer="vannes", crs="EPSG:4326")
    write_layer(path, nodes, layer="noeuds", crs="EPSG:4326")
    write_layer(path, lines, layer="conduites", crs="EPSG:4326")
    customer = [(at(0.1, 0.05), {"ID": "C1", "SUR": "P1"}), (at(0.9, 0.05), {"ID": "C2", "SUR": "P1"})]
    write_layer(path, customer, layer="abonnes", crs="EPSG:4326")
    return import_network(path=path, code="rue", file_format="vector", mapping=read_mapping(PIPES_AND_VALVES))


def test_pipes_and_valves_may_come_in_one_file_and_points_join_the_part_beside_them(tmp_path: Path) -> None:
    report = whole_file(tmp_path)
    assert report.kinds == {"junction": 2, "reservoir": 1, "pipe": 2, "valve": 1, "connection point": 2}
    joined = {one.code: (one.link.code, one.node.code) for one in ConnectionPoint.objects.all()}
    assert joined == {"C1": ("P1", "R"), "C2": ("P1~V1", "a")}
    before = everything()
    again = whole_file(tmp_path)
    assert not again.changed
    assert everything() == before


def test_a_divided_pipe_that_changed_in_its_file_changes_in_all_its_parts(tmp_path: Path) -> None:
    first = whole_file(tmp_path)
    before = everything()
    report = whole_file(tmp_path, diameter=200.0, bend=5e-6)
    assert report.counts["links"].updated == 2
    assert set(Link.objects.filter(kind="pipe").values_list("diameter_mm", flat=True)) == {200}
    assert ends()["P1"] == ("R", "V1~1")
    assert ends()["P1~V1"] == ("V1~2", "a")
    middle = Link.objects.get(code="V1").geom
    assert middle.coords[0][1] == pytest.approx(NORTH + 5e-6, abs=1e-7)
    assert not whole_file(tmp_path, diameter=200.0, bend=5e-6).changed
    assert report.record_id is not None
    assert first.record_id is not None
    undo_import(record_id=report.record_id)
    # Versions only rise: they are the last of what is compared.
    assert [[row[:-1] for row in rows] for rows in everything()] == [
        [row[:-1] for row in rows] for rows in before
    ]
    assert whole_file(tmp_path, diameter=200.0, bend=5e-6).counts["links"].updated == 2


def test_points_along_a_pipe_move_to_the_part_beside_them(street: Network, tmp_path: Path) -> None:
    pipe = Link.objects.get(code="p2")
    point = ConnectionPoint.objects.get(code="C1")
    ConnectionPoint.objects.filter(pk=point.pk).update(link=pipe, geom=f"SRID=4326;{at(1.4, 0.05)}")
    report = brought(tmp_path, valve("V1", at(1.25)))
    point.refresh_from_db()
    assert (point.link.code, point.node.code) == ("p2~V1", "V1~2")
    assert report.record_id is not None
    undo_import(record_id=report.record_id)
    point.refresh_from_db()
    assert (point.link.code, point.node.code) == ("p2", "a")
    assert ends() == {"p1": ("R1", "a"), "p2": ("a", "b"), "p3": ("b", "c")}


def test_an_undone_import_of_valves_leaves_the_pipes_whole(street: Network, tmp_path: Path) -> None:
    before = everything()
    first = brought(tmp_path, valve("V1", at(1.25)), valve("V9", at(3)))
    second = brought(tmp_path, valve("V2", at(1.75)))
    for report in (second, first):
        assert report.record_id is not None
        undo_import(record_id=report.record_id)
    assert [[row[:-1] for row in rows] for rows in everything()] == [
        [row[:-1] for row in rows] for rows in before
    ]


def test_a_valve_surveyed_anew_moves_along_its_pipe(street: Network, tmp_path: Path) -> None:
    brought(tmp_path, valve("V1", at(1.25)), valve("V2", at(1.75)))
    report = brought(tmp_path, valve("V1", at(1.3), DN=90.0), valve("V2", at(1.75)))
    assert (report.counts["links"].updated, report.counts["links"].unchanged) == (1, 1)
    moved = Link.objects.get(code="V1")
    assert (moved.diameter_mm, ends()["V1"]) == (90, ("V1~1", "V1~2"))
    assert Link.objects.get(code="p2").length_m == pytest.approx(30, abs=0.5)
    lengths = Link.objects.filter(code__in=["p2", "V1", "p2~V1", "V2", "p2~V2"]).values_list(
        "length_m", flat=True
    )
    assert sum(lengths) == pytest.approx(100, abs=1e-6)
    with pytest.raises(ImportRefused) as refused:
        brought(tmp_path, valve("V1", at(0.5)))
    assert refused.value.report.error_counts == {"on_another_link": 1}


def test_a_valve_at_the_node_of_two_pipes_stands_between_it_and_one_of_them(
    street: Network, tmp_path: Path
) -> None:
    report = brought(tmp_path, valve("V1", at(2)))
    assert told(report) == [("vannes 1: valve V1", "put_at_node", "p2, b")]
    assert ends() == {
        "p1": ("R1", "a"),
        "p2": ("a", "V1~1"),
        "V1": ("V1~1", "b"),
        "p3": ("b", "c"),
    }
    assert Link.objects.get(code="p2").length_m + Link.objects.get(code="V1").length_m == pytest.approx(100)


def test_a_valve_drawn_at_a_junction_is_refused_until_its_pipe_is_named(tmp_path: Path) -> None:
    built("""
    R1 --p1-- a --p2-- b
    x  --q1-- y
    """)
    a, y = Node.objects.get(code="a"), Node.objects.get(code="y")
    q1 = Link.objects.get(code="q1")
    q1.end_node, q1.geom = a, f"SRID=4326;LINESTRING ({WEST} {NORTH - STEP}, {a.geom.x} {a.geom.y})"
    q1.save()
    y.delete()
    rows = [(at(1), {"ID": "V1", "SUR": None, "SENS": None})]
    with pytest.raises(ImportRefused) as refused:
        brought(tmp_path, *rows, mapping=ON_NAMED)
    (error,) = refused.value.report.errors
    assert (error.reason, error.detail) == ("several_within_tolerance", "p1, p2, q1")
    named = [(at(1), {"ID": code, "SUR": pipe, "SENS": None}) for code, pipe in (("V1", "q1"), ("V2", "p2"))]
    brought(tmp_path, *named, mapping=ON_NAMED)
    assert ends() == {
        "p1": ("R1", "a"),
        "q1": ("x", "V1~1"),
        "V1": ("V1~1", "a"),
        "V2": ("a", "V2~2"),
        "p2": ("V2~2", "b"),
    }


@pytest.mark.parametrize(
    ("rows", "reason", "detail"),
    [
        ([valve("V1", at(1.5, 1))], "nothing_within_tolerance", "1 m"),
        ([valve("V1", at(1.5)), valve("V2", at(1.5))], "same_place", "p2, V1"),
        ([valve("V1", at(2)), valve("V2", at(2))], "same_place", "p2, V1"),
        ([valve("V1", at(1.5)), valve("V1", at(1.6))], "duplicate_code", ""),
        ([valve("V1", at(1.5)), valve("V1", at(2.5), TYPE="pump")], "duplicate_code", "p3~V1"),
        ([valve("S1", at(1.5), TYPE="switch")], "kind_of_another_utility", "water"),
        ([valve("V1", at(1.5), TYPE="pipe")], "unknown_kind", "pipe"),
        ([("LINESTRING (0 0, 1 1)", valve("V1", "")[1])], "wrong_geometry", "LineString"),
    ],
)
def test_a_device_that_cannot_be_placed_is_named(
    street: Network, tmp_path: Path, rows: list[Any], reason: str, detail: str
) -> None:
    before = everything()
    with pytest.raises(ImportRefused) as refused:
        brought(tmp_path, *rows)
    (error,) = refused.value.report.errors
    assert (error.reason, error.detail) == (reason, detail)
    assert everything() == before


def test_two_pipes_as_near_refuse_the_valve_between_them(tmp_path: Path) -> None:
    built("""
    R1 --p1-- a
    R2 --q1-- b
    """)
    Link.objects.filter(code="q1").update(
        geom=f"SRID=4326;LINESTRING ({WEST} {NORTH - 1e-5}, {WEST + STEP} {NORTH - 1e-5})"
    )
    with pytest.raises(ImportRefused) as refused:
        brought(tmp_path, valve("V1", at(0.5, 0.005)))
    assert refused.value.report.error_counts == {"several_within_tolerance": 1}
    assert brought(tmp_path, valve("V1", at(0.5, 0.004))).counts["links"].created == 1
    assert ends()["p1"] == ("R1", "V1~1")


def test_a_pump_lets_through_as_the_pipe_is_drawn_or_the_other_way_round(
    street: Network, tmp_path: Path
) -> None:
    rows = [
        (at(1.25), {"ID": "V1", "SUR": "p2", "SENS": "oui"}),
        (at(2.25), {"ID": "V2", "SUR": "p3", "SENS": None}),
    ]
    brought(tmp_path, *rows, mapping=ON_NAMED.replace("valve", "pump"))
    assert (ends()["V1"], ends()["V2"]) == (("V1~2", "V1~1"), ("V2~1", "V2~2"))
    brought(tmp_path, (at(1.5), {"ID": "V3", "SUR": "p2", "SENS": None}), mapping=ON_NAMED)
    assert (ends()["V1"], ends()["p2~V1"]) == (("V1~2", "V1~1"), ("V1~2", "V3~1"))


def test_switches_divide_lines_between_buses(tmp_path: Path) -> None:
    built("R1 ++l1++ a ++l2++ b")
    report = brought(tmp_path, valve("S1", at(1.5), TYPE="switch"))
    switch = Link.objects.get(code="S1")
    assert (switch.state, switch.operable, switch.start_node.kind) == ("closed", True, "bus")
    assert report.kinds == {"switch": 1}
    with pytest.raises(ImportRefused) as refused:
        brought(tmp_path, valve("V1", at(1.2)))
    assert refused.value.report.error_counts == {"kind_of_another_utility": 1}


def test_a_valve_that_people_edited_stays_and_a_pipe_that_they_edited_is_divided_as_it_is(
    street: Network, tmp_path: Path
) -> None:
    brought(tmp_path, valve("V1", at(1.25)))
    Link.objects.filter(code="V1").update(version=2, diameter_mm=90)
    Link.objects.filter(code="p2~V1").update(version=2, diameter_mm=63)
    report = brought(tmp_path, valve("V1", at(1.3)), valve("V2", at(1.75)))
    assert (report.counts["links"].kept, report.counts["links"].created) == (1, 1)
    figures = dict(Link.objects.values_list("code", "diameter_mm"))
    assert (figures["V1"], figures["p2~V1"], figures["p2"]) == (90, 63, 160)
    assert json.dumps(ends()["p2~V1"]) == '["V1~2", "V2~1"]'
