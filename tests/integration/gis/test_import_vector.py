"""Networks as distributors have them, in the formats their GIS writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gis.domain.mapping import read_mapping
from gis.errors import ImportRefused, MappingRefused, PlaceUnknown, UnreadableFile
from gis.models import ConnectionPoint, ConnectionPointAlias, ImportRecord, Link, Network, Node, Zone
from gis.services import ImportReport, import_network
from tests.factories.vector import area, line, point, write_layer, zipped

pytestmark = pytest.mark.django_db

MAPPING = """
utility: water
layers:
  - layer: conduites
    model: link
    code: ID
    kind: {field: TYPE, values: {C: pipe, V: valve}}
    start: DE
    end: A
    diameter_mm: DIAM
    state: {field: ETAT, values: {O: open, F: closed}, default: open}
    attributes: [MATERIAU]
  - layer: noeuds
    model: node
    code: ID
    kind: {field: TYPE, values: {R: reservoir, J: junction}}
    elevation_m: {coordinate: z}
  - layer: abonnes
    model: connection_point
    code: PC
    node: NOEUD
    address: ADRESSE
    references: [ANCIEN]
  - layer: secteurs
    model: zone
    code: CODE
    kind: {value: dma}
    name_fr: NOM
    parent: PARENT
"""
NODES = [
    (point(0, 0, 60), {"ID": "R1", "TYPE": "R"}),
    (point(100, 0, 12.5), {"ID": "N1", "TYPE": "J"}),
    (point(200, 0, 11), {"ID": "N2", "TYPE": "J"}),
]
PIPES = [
    (line((0, 0), (50, 10), (100, 0)),
     {"ID": "P1", "TYPE": "C", "DE": "R1", "A": "N1", "DIAM": 200.0, "ETAT": "O", "MATERIAU": "fonte"}),
    (line((100, 0), (200, 0)),
     {"ID": "V1", "TYPE": "V", "DE": "N1", "A": "N2", "DIAM": 110.0, "ETAT": "F", "MATERIAU": None}),
]  # fmt: skip
CUSTOMERS = [
    (point(101, 5), {"PC": "00012", "NOEUD": "N1", "ADRESSE": "12, rue de l’Été", "ANCIEN": "A/7"}),
    (point(201, 5), {"PC": "00013", "NOEUD": "N2", "ADRESSE": "زنقة الزيتون", "ANCIEN": "A/8"}),
]
SECTORS = [
    (area(0, -50, 100), {"CODE": "s-1", "NOM": "Secteur 1", "PARENT": "ville"}),
    (area(-100, -200, 500), {"CODE": "ville", "NOM": "Ville", "PARENT": None}),
]


def geopackage(tmp_path: Path, **layers: Any) -> Path:
    path = tmp_path / "reseau.gpkg"
    held = {"noeuds": NODES, "conduites": PIPES, "abonnes": CUSTOMERS, "secteurs": SECTORS} | layers
    for name, rows in held.items():
        write_layer(path, rows, layer=name)
    return path


def brought(path: Path, mapping: str = MAPPING, **options: Any) -> ImportReport:
    return import_network(
        path=path, code="ville-eau", file_format="vector", mapping=read_mapping(mapping), **options
    )


def told(report: ImportReport) -> list[tuple[str, str]]:
    return [(error.row, str(error.reason)) for error in report.errors]


def nothing_written() -> bool:
    return not any(
        model.objects.exists() for model in (Network, Node, Link, ConnectionPoint, Zone, ImportRecord)
    )


def test_a_geopackage_arrives_whole_whatever_the_order_of_its_layers(tmp_path: Path) -> None:
    report = brought(geopackage(tmp_path))
    assert report.kinds == {"junction": 2, "reservoir": 1, "pipe": 1, "valve": 1, "connection point": 2}
    assert (report.source_crs, report.network) == ("EPSG:26191", "ville-eau")
    source = Node.objects.get(code="R1")
    assert (source.elevation_m, source.is_source, source.kind) == (60, True, "reservoir")
    pipe = Link.objects.get(code="P1")
    assert (pipe.start_node.code, pipe.end_node.code, pipe.diameter_mm) == ("R1", "N1", 200)
    assert pipe.attributes == {"MATERIAU": "fonte"}
    assert pipe.length_m == pytest.approx(2 * (50**2 + 10**2) ** 0.5, rel=1e-3)
    valve = Link.objects.get(code="V1")
    assert (valve.state, valve.operable, valve.attributes) == ("closed", True, {})
    customer = ConnectionPoint.objects.get(code="00012")
    assert (customer.node.code, customer.address) == ("N1", "12, rue de l’Été")
    assert ConnectionPointAlias.objects.get(reference="A/7").connection_point == customer
    assert Zone.objects.get(code="s-1").parent.code == "ville"


def test_points_are_members_of_their_zones_at_once(tmp_path: Path) -> None:
    brought(geopackage(tmp_path, secteurs=[(area(90, -20, 50), SECTORS[1][1])]))
    assert [m.connection_point.code for m in Zone.objects.get(code="ville").memberships.all()] == ["00012"]


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    brought(path)
    again = brought(path)
    assert not again.changed
    assert again.record_id is None
    assert {step: written.unchanged for step, written in again.counts.items()} == {
        "nodes": 3, "links": 2, "connection_points": 2, "zones": 2, "aliases": 0
    }  # fmt: skip
    assert ImportRecord.objects.count() == 1


def test_a_changed_row_is_updated_and_an_edited_one_kept(tmp_path: Path) -> None:
    brought(geopackage(tmp_path))
    Link.objects.filter(code="V1").update(version=2, diameter_mm=90)
    (tmp_path / "reseau.gpkg").unlink()
    wider = [(shape, {**fields, "DIAM": 300.0}) for shape, fields in PIPES]
    report = brought(geopackage(tmp_path, conduites=wider))
    assert (report.counts["links"].updated, report.counts["links"].kept) == (1, 1)
    assert dict(Link.objects.values_list("code", "diameter_mm")) == {"P1": 300, "V1": 90}


def test_a_dry_run_counts_exactly_and_writes_nothing(tmp_path: Path) -> None:
    report = brought(geopackage(tmp_path), dry_run=True)
    assert report.counts["links"].created == 2
    assert nothing_written()


def test_a_dry_run_of_points_counts_what_the_import_does(tmp_path: Path) -> None:
    brought(geopackage(tmp_path))
    ConnectionPoint.objects.filter(code="00013").update(version=2)
    rows = [
        (CUSTOMERS[0][0], {"ID": "00012", "ADRESSE": "12, rue de l’Été", "ANCIEN": "A/7"}),
        (CUSTOMERS[1][0], {"ID": "00013", "ADRESSE": "elsewhere", "ANCIEN": "A/9"}),
        (point(90, 20), {"ID": "new", "ADRESSE": None, "ANCIEN": "A/8"}),
        (point(90, 25), {"ID": "newer", "ADRESSE": None, "ANCIEN": "A/9"}),
        (point(90, 500), {"ID": "far", "ADRESSE": None, "ANCIEN": "A/10"}),
        (point(90, 30), {"ID": "new", "ADRESSE": None, "ANCIEN": None}),
    ]
    path = write_layer(tmp_path / "clients.gpkg", rows)
    mapping = "{layers: [{model: connection_point, code: ID, address: ADRESSE, references: [ANCIEN]}]}"
    reports = [brought(path, mapping, skip_errors=True, dry_run=dry_run) for dry_run in (True, False)]
    dry, real = [(report.counts, told(report), report.warnings, report.kinds) for report in reports]
    assert dry == real
    points = real[0]["connection_points"]
    assert (points.created, points.updated, points.unchanged, points.kept) == (3, 1, 0, 1)
    assert real[0]["aliases"].created == 2
    assert [warning.detail for warning in real[2]] == ["30 m", "30 m", "A/8 > 00013", "A/9 > 00013"]


def test_a_zipped_shapefile_is_read_in_its_own_encoding(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    rows = [(point(0, 0), {"CODE": "Éolienne"}), (point(9, 0), {"CODE": "forêt"})]
    write_layer(folder / "noeuds.shp", rows, driver="ESRI Shapefile", geometry="Point", encoding="ISO-8859-1")
    mapping = "{utility: water, layers: [{model: node, code: CODE}]}"
    brought(zipped(folder, "reseau"), mapping)
    assert set(Node.objects.values_list("code", flat=True)) == {"Éolienne", "forêt"}


def test_geojson_is_longitude_and_latitude(tmp_path: Path) -> None:
    path = write_layer(
        tmp_path / "n.geojson", [("POINT Z (-2.3 34.9 12)", {"id": 7})], driver="GeoJSON", crs=None
    )
    brought(
        path, "{utility: water, layers: [{model: node, code: id, elevation_m: {coordinate: z, unit: ft}}]}"
    )
    node = Node.objects.get(code="7")
    assert (node.geom.x, node.geom.y, round(node.elevation_m, 3)) == (-2.3, 34.9, 3.658)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_customers_come_from_a_table_in_either_encoding(tmp_path: Path, encoding: str) -> None:
    brought(geopackage(tmp_path))
    path = tmp_path / "clients.csv"
    path.write_text("police;x;y;rue;ancien\n0007;-2,3;34,9;Été;X-1\n", encoding=encoding)
    declared = "latin-1" if encoding == "latin-1" else "utf-8"
    mapping = f"""
    crs: EPSG:4326
    encoding: {declared}
    decimal: ","
    layers:
      - model: connection_point
        code: police
        coordinates: {{x: x, y: y}}
        node: {{value: N1}}
        address: rue
        references: [ancien]
    """
    report = brought(path, mapping)
    assert report.counts["connection_points"].created == 1
    added = ConnectionPoint.objects.get(code="0007")
    assert (added.geom.coords, added.address) == ((-2.3, 34.9), "Été")
    assert ConnectionPointAlias.objects.get(reference="X-1").connection_point == added


@pytest.mark.parametrize(
    ("unit", "factor"), [("mm", 1000), ("ft", 1 / 0.3048), ("us-ft", 3937 / 1200), ("m", 1)]
)
def test_coordinates_in_other_units_land_at_the_same_place(tmp_path: Path, unit: str, factor: float) -> None:
    path = tmp_path / "n.csv"
    path.write_text(f"id,x,y\nA,{780_100 * factor!r},{487_000 * factor!r}\n")
    layer = "{model: node, code: id, coordinates: {x: x, y: y}}"
    brought(path, f"{{utility: water, crs: EPSG:26191, unit: {unit}, layers: [{layer}]}}")
    brought(geopackage(tmp_path))
    first, second = (Node.objects.get(code=code).geom for code in ("A", "N1"))
    assert first.distance(second) < 1e-8


def test_a_missing_system_is_a_question_with_places_never_a_guess(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "reseau.gpkg", NODES, layer="noeuds", crs=None)
    mapping = "{utility: water, layers: [{model: node, code: ID}]}"
    with pytest.raises(PlaceUnknown) as asked:
        brought(path, mapping)
    question = asked.value.question
    assert question is not None
    offered = {candidate.crs: (candidate.lon, candidate.lat) for candidate in question.candidates}
    assert "EPSG:4326" not in offered
    lon, lat = offered["EPSG:26191"]
    assert (round(lon), round(lat)) == (-2, 35)
    assert nothing_written()
    assert brought(path, mapping, crs="EPSG:26191").counts["nodes"].created == 3


def test_metres_that_call_themselves_degrees_are_asked_about(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "n.gpkg", NODES, crs="EPSG:4326")
    with pytest.raises(PlaceUnknown) as asked:
        brought(path, "{utility: water, layers: [{model: node, code: ID}]}")
    assert "coordinates_out_of_range" in asked.value.extra["errors"]
    assert asked.value.question is not None
    assert nothing_written()


def test_links_without_declared_ends_join_the_nodes_at_their_ends(tmp_path: Path) -> None:
    drawn = [
        (line((0, 0), (100, 0)), {"ID": "P1"}),
        (line((100.3, 0), (200, 0.2)), {"ID": "P2"}),
        (line((200, 3), (300, 0)), {"ID": "P3"}),
    ]
    path = write_layer(tmp_path / "r.gpkg", NODES, layer="noeuds")
    write_layer(path, drawn, layer="conduites")
    mapping = """
    utility: water
    layers:
      - {layer: noeuds, model: node, code: ID}
      - {layer: conduites, model: link, code: ID, tolerance_m: 0.5}
    """
    report = brought(path, mapping, skip_errors=True)
    ends = {link.code: (link.start_node.code, link.end_node.code) for link in Link.objects.all()}
    assert ends == {"P1": ("R1", "N1"), "P2": ("N1", "N2")}
    assert told(report) == [("conduites 3: pipe P3", "nothing_within_tolerance")]


def test_points_join_the_nearest_pipe_and_those_far_from_all_are_kept_and_told(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    brought(path)
    more = tmp_path / "clients.gpkg"
    write_layer(more, [(point(90, 20), {"ID": "near"}), (point(90, 500), {"ID": "far"})])
    report = brought(more, "{layers: [{model: connection_point, code: ID, tolerance_m: 30}]}")
    near, far = (ConnectionPoint.objects.get(code=code) for code in ("near", "far"))
    assert (near.link.code, near.node.code) == ("P1", "N1")
    assert (far.link, far.node) == (None, None)
    assert [(warning.row, warning.reason) for warning in report.warnings] == [
        ("clients 2: connection point far", "nothing_within_tolerance")
    ]


def test_an_old_reference_names_one_point_alone(tmp_path: Path) -> None:
    brought(geopackage(tmp_path))
    more = write_layer(tmp_path / "c.gpkg", [(point(100, 2), {"ID": "N9", "ANCIEN": "A/7"})])
    report = brought(
        more, "{layers: [{model: connection_point, code: ID, node: {value: N1}, references: [ANCIEN]}]}"
    )
    assert ConnectionPointAlias.objects.get(reference="A/7").connection_point.code == "00012"
    assert report.warning_counts == {"reference_taken": 1}


BAD_PIPES = [
    ({"ID": None}, "no_code", "conduites 3: valve"),
    ({"ID": "x" * 65}, "too_long", None),
    ({"TYPE": "Q"}, "unknown_value", None),
    ({"TYPE": None}, "unknown_kind", None),
    ({"ETAT": "Z"}, "unknown_value", None),
    ({"DE": "nobody"}, "dangling_end", None),
    ({"A": None}, "dangling_end", None),
    ({"A": "N1"}, "self_loop", None),
    ({"DIAM": -5.0}, "negative", None),
    ({"ID": "P1", "TYPE": "C"}, "duplicate_code", "conduites 3: pipe P1"),
]


@pytest.mark.parametrize(("change", "reason", "row"), BAD_PIPES)
def test_a_bad_row_is_named_and_refuses_the_file(
    tmp_path: Path, change: dict[str, Any], reason: str, row: str | None
) -> None:
    bad = (PIPES[1][0], {**PIPES[1][1], "ID": "X1", "DE": "N1", "A": "N2"} | change)
    path = geopackage(tmp_path, conduites=[*PIPES, bad])
    with pytest.raises(ImportRefused) as refused:
        brought(path)
    report = refused.value.report
    assert report.error_counts == {reason: 1}
    assert report.errors[0].row.startswith("conduites 3")
    assert row is None or report.errors[0].row == row
    assert nothing_written()


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (None, "no_geometry"),
        ("LINESTRING EMPTY", "no_geometry"),
        (point(0, 0), "wrong_geometry"),
        (line((5, 5), (5, 5)), "zero_length"),
        (f"MULTI{line((0, 0), (1, 0)).replace('(', '((').replace(')', '), (9 9, 10 10))')}", "several_parts"),
        ("LINESTRING (1e9 1e9, 2e9 2e9)", "coordinates_out_of_range"),
    ],
)
def test_a_bad_shape_is_named(tmp_path: Path, shape: str | None, reason: str) -> None:
    path = geopackage(tmp_path, conduites=[*PIPES, (shape, {**PIPES[0][1], "ID": "X"})])
    with pytest.raises(ImportRefused) as refused:
        brought(path)
    assert refused.value.report.error_counts == {reason: 1}
    assert nothing_written()


def test_sound_rows_can_come_without_the_refused_ones_and_what_hangs_on_them(tmp_path: Path) -> None:
    nodes = [*NODES[:2], (None, NODES[2][1])]
    report = brought(geopackage(tmp_path, noeuds=nodes), skip_errors=True)
    assert set(Node.objects.values_list("code", flat=True)) == {"R1", "N1"}
    assert set(Link.objects.values_list("code", flat=True)) == {"P1"}
    assert report.error_counts == {"no_geometry": 1, "dangling_end": 2}
    record = ImportRecord.objects.get(pk=report.record_id)
    assert len(record.errors) == 3


def test_a_zone_that_crosses_itself_or_hangs_on_nothing_is_named(tmp_path: Path) -> None:
    bow = "POLYGON ((780000 487000, 780100 487100, 780100 487000, 780000 487100, 780000 487000))"
    bad = [
        (bow, {"CODE": "s-2", "NOM": "x", "PARENT": None}),
        (area(0, 0, 9), {"CODE": "s-3", "NOM": "x", "PARENT": "nowhere"}),
        (area(0, 0, 9), {"CODE": "s-4", "NOM": "x", "PARENT": "s-3"}),
        (area(0, 0, 9), {"CODE": "not a code", "NOM": "x", "PARENT": None}),
    ]
    report = brought(geopackage(tmp_path, secteurs=[*SECTORS, *bad]), skip_errors=True)
    assert report.error_counts == {"invalid_area": 1, "zone_refused": 2, "unknown_value": 1}
    assert set(Zone.objects.values_list("code", flat=True)) == {"s-1", "ville"}


def test_zones_alone_need_no_network(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "z.gpkg", SECTORS)
    mapping = read_mapping("{layers: [{model: zone, code: CODE, kind: {value: dma}, parent: PARENT}]}")
    report = import_network(path=path, code=None, file_format="vector", mapping=mapping)
    assert report.counts["zones"].created == 2
    assert ImportRecord.objects.get().network is None
    assert not Network.objects.exists()


def test_a_mapping_that_does_not_fit_the_file_says_what_the_file_has(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    with pytest.raises(MappingRefused) as refused:
        brought(
            path,
            "{layers: [{layer: tuyaux, model: node, code: ID}, {layer: noeuds, model: node, code: NUM}]}",
        )
    assert set(refused.value.extra["errors"]) == {"layers.0.layer", "layers.1.code"}
    assert "ID, TYPE" in refused.value.extra["errors"]["layers.1.code"][0]


def test_rows_that_are_not_meant_can_be_left_out(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    brought(path, "{utility: water, layers: [{layer: noeuds, model: node, code: ID, only: {TYPE: [R]}}]}")
    assert list(Node.objects.values_list("code", flat=True)) == ["R1"]


def test_a_failure_in_the_last_layer_leaves_nothing_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("gis.services.importing.layers.write_zones", fail)
    with pytest.raises(RuntimeError):
        brought(geopackage(tmp_path))
    assert nothing_written()


def test_progress_tells_every_step_to_its_end(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    brought(geopackage(tmp_path), progress=lambda *step: seen.append(step))
    ended = {step for step, done, total in seen if done == total}
    assert ended == {"read", "nodes", "links", "connection_points", "zones", "memberships"}


def test_whoever_watches_may_stop_an_import(tmp_path: Path) -> None:
    def stop(step: str, done: int, total: int) -> None:
        if step == "links":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        brought(geopackage(tmp_path), progress=stop)
    assert nothing_written()


def test_a_file_for_another_utility_is_refused(tmp_path: Path) -> None:
    Network.objects.create(code="ville-eau", utility="electricity", name_fr="x", name_ar="x")
    with pytest.raises(UnreadableFile):
        brought(geopackage(tmp_path))
    assert not Node.objects.exists()


@pytest.mark.parametrize(
    ("driver", "name"), [("GPKG", "n.gpkg"), ("FlatGeobuf", "n.fgb"), ("GeoJSON", "n.json")]
)
def test_every_format_brings_the_same_places(tmp_path: Path, driver: str, name: str) -> None:
    rows = [("POINT (-2.31 34.92)", {"ID": "N1"}), ("POINT (-2.32 34.93)", {"ID": "N2"})]
    path = write_layer(tmp_path / name, rows, driver=driver, crs="EPSG:4326", geometry="Point")
    brought(path, "{utility: water, layers: [{model: node, code: ID}]}")
    assert {node.code: node.geom.coords for node in Node.objects.all()} == {
        "N1": (-2.31, 34.92),
        "N2": (-2.32, 34.93),
    }


def test_lines_in_words_and_in_three_dimensions_are_laid_flat(tmp_path: Path) -> None:
    brought(geopackage(tmp_path))
    path = tmp_path / "pipes.csv"
    path.write_text("ID;GEOM\nP9;LINESTRING Z (780000 487000 50, 780100 487000 12)\n")
    layer = "{model: link, code: ID, coordinates: {wkt: GEOM}}"
    brought(path, f"{{crs: EPSG:26191, layers: [{layer}]}}")
    pipe = Link.objects.get(code="P9")
    assert (pipe.start_node.code, pipe.end_node.code, pipe.geom.hasz) == ("R1", "N1", False)
    assert pipe.length_m == pytest.approx(100, abs=0.1)


def test_a_pipe_that_claims_no_length_is_refused(tmp_path: Path) -> None:
    brought(geopackage(tmp_path))
    path = write_layer(tmp_path / "p.gpkg", [(line((0, 0), (100, 0)), {"ID": "P9", "LONG": 0.0})])
    with pytest.raises(ImportRefused) as refused:
        brought(path, "{layers: [{model: link, code: ID, length_m: LONG}]}")
    assert refused.value.report.error_counts == {"zero_length": 1}
