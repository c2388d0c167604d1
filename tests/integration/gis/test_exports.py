"""A network leaves as it came: to other programs as layers, to EPANET as a model that computes."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.core.management import CommandError, call_command
from django.test import Client

from backend.core.errors import InvalidInput, PermissionRefused
from backend.core.models import AuditEntry
from gis.adapters.epanet import read_epanet
from gis.domain.mapping import read_mapping
from gis.domain.placement import WGS84, project
from gis.errors import NoSuchNetwork, PlaceUnknown, Unexportable
from gis.models import ConnectionPoint, ConnectionPointAlias, Link, Network, Node
from gis.services import ImportReport, assign_jurisdiction, export_network, import_network
from gis.services.import_jobs.looking import look
from tests.factories import core as cast
from tests.factories.gis import built, customers, square, zone
from tests.factories.models import published_model
from tests.integration.gis.test_published_networks import SQUARE
from tests.unit.gis.test_epanet_round_trip import agree, computed

pytestmark = pytest.mark.django_db

STREET = """
R1 --p1-- a ==v1== b --p2-- c
          a --p3-- d
"""


@pytest.fixture
def street() -> None:
    network = built(STREET)
    customers(network, C1="b", C2="d")
    zone("dma-b", square(-2.3185, 34.9195), utility="water")


def layer(path: Path, name: str) -> list[dict[str, Any]]:
    """Read a layer back with GDAL: its columns, and the geometry as `geom`."""
    about, _, shapes, columns = pyogrio.raw.read(path, layer=name)
    rows = zip(*columns, strict=True)
    return [
        {**dict(zip(about["fields"], row, strict=True)), "geom": GEOSGeometry(memoryview(shape))}
        for row, shape in zip(rows, shapes, strict=True)
    ]


@pytest.mark.usefixtures("street")
def test_a_geopackage_holds_every_layer_with_its_figures(tmp_path: Path) -> None:
    path = tmp_path / "rue.gpkg"
    customer = ConnectionPoint.objects.get(code="C1")
    for reference in ("B-9", "A-7"):
        ConnectionPointAlias.objects.create(
            connection_point=customer, network=customer.network, reference=reference
        )
    report = export_network(code="rue", path=path, file_format="geopackage")
    assert report.counts == {"nodes": 5, "links": 4, "connection_points": 2, "zones": 1}
    assert dict(pyogrio.list_layers(path)) == {
        "nodes": "Point",
        "links": "LineString",
        "connection_points": "Point",
        "zones": "MultiPolygon",
    }
    valve = next(link for link in layer(path, "links") if link["code"] == "v1")
    held = Link.objects.get(code="v1")
    assert (valve["start_code"], valve["end_code"], valve["state"]) == ("a", "b", "open")
    assert valve["length_m"] == held.length_m
    assert valve["geom"].coords == held.geom.coords
    points = {point["code"]: point for point in layer(path, "connection_points")}
    assert {point["node_code"] for point in points.values()} == {"b", "d"}
    assert (points["C1"]["old_references"], points["C2"]["old_references"]) == ('["A-7","B-9"]', "[]")
    assert [one["code"] for one in layer(path, "zones")] == ["dma-b"]


FREE = {
    "matériau": "fonte",
    "أنبوب": "زهر",
    "year": 1987,
    "share": 0.1,
    "leaks": [1, {"at": "2024"}],
    "known": True,
    "none": None,
    "text": 'two\nlines; "quoted" \\ {and} [so on]',
}


def said(code: str) -> dict[str, Any]:
    """All that a network says of itself, by model."""
    element = ("code", "geom", "attributes", "synthetic")
    link = ("length_m", "diameter_mm", "state", "operable", "start_node__code", "end_node__kind")
    point = ("category", "critical_kind", "address", "node__code", "link__code")
    figures = {
        Node: ("kind", *element, "elevation_m", "is_source"),
        Link: ("kind", *element, *link, "end_node__code", "start_node__kind"),
        ConnectionPoint: (*element, *point),
    }
    whole: dict[str, Any] = {
        model.__name__: list(model.objects.filter(network__code=code).order_by("pk").values(*names))
        for model, names in figures.items()
    }
    aliases = ConnectionPointAlias.objects.filter(network__code=code)
    whole["references"] = set(aliases.values_list("connection_point__code", "reference"))
    return whole


@pytest.mark.usefixtures("street")
@pytest.mark.parametrize(("file_format", "name"), [("geopackage", "rue.gpkg"), ("geojson", "rue.geojson")])
def test_a_file_of_ours_is_imported_again_as_it_was(file_format: str, name: str, tmp_path: Path) -> None:
    network = Network.objects.get(code="rue")
    for model in (Node, Link, ConnectionPoint):
        model.objects.filter(pk=model.objects.latest("pk").pk).update(attributes=FREE, synthetic=False)
    Link.objects.filter(code="p1").update(diameter_mm=101.6, length_m=1 / 3, state="closed", operable=True)
    Node.objects.filter(code="a").update(elevation_m=-0.1)
    customer = ConnectionPoint.objects.get(code="C1")
    ConnectionPoint.objects.filter(pk=customer.pk).update(
        link=Link.objects.get(code="p2"),
        category="industry",
        critical_kind="hospital",
        address="12, زنقة «أ»",
    )
    for reference in ("B; 9", 'A "7" \\', "{x}"):
        ConnectionPointAlias.objects.create(connection_point=customer, network=network, reference=reference)
    path = tmp_path / name
    export_network(code="rue", path=path, file_format=file_format)
    mapping = read_mapping(look(path, "vector")["mapping"])

    def again() -> ImportReport:
        return import_network(path=path, code="copie", file_format="vector", mapping=mapping)

    report = again()
    assert not report.error_counts
    assert not report.warning_counts
    assert said("copie") == said("rue")
    second = again()
    assert not second.changed
    unchanged = {step: written.unchanged for step, written in second.counts.items()}
    assert unchanged == {"nodes": 5, "links": 4, "connection_points": 2, "zones": 1, "aliases": 0}


def test_a_file_of_an_electricity_network_says_so(tmp_path: Path) -> None:
    built("R1 ++l1++ a ##s1## b", code="cables")
    for file_format, name in (("geopackage", "a.gpkg"), ("geojson", "a.geojson")):
        export_network(code="cables", path=tmp_path / name, file_format=file_format)
        assert read_mapping(look(tmp_path / name, "vector")["mapping"]).utility == "electricity"


@pytest.mark.usefixtures("street")
def test_a_moroccan_grid_may_be_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "rue.gpkg"
    export_network(code="rue", path=path, file_format="geopackage", crs="EPSG:26191", layers=["nodes"])
    assert pyogrio.read_info(path)["crs"] == "EPSG:26191"
    (given,) = (node["geom"] for node in layer(path, "nodes") if node["code"] == "a")
    held = Node.objects.get(code="a").geom
    (back,) = project([given.coords], "EPSG:26191", WGS84)
    assert back == pytest.approx(held.coords, abs=5e-8)
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["nodes"]


@pytest.mark.usefixtures("street")
def test_geojson_is_one_collection_whose_features_say_their_layer(tmp_path: Path) -> None:
    path = tmp_path / "rue.geojson"
    export_network(code="rue", path=path, file_format="geojson")
    collection = json.loads(path.read_text())
    layers = [feature["properties"]["layer"] for feature in collection["features"]]
    assert {name: layers.count(name) for name in layers} == {
        "nodes": 5,
        "links": 4,
        "connection_points": 2,
        "zones": 1,
    }
    link = next(one for one in collection["features"] if one["properties"]["code"] == "p1")
    assert link["geometry"]["coordinates"] == [list(place) for place in Link.objects.get(code="p1").geom]
    assert link["properties"]["attributes"] == {}
    assert pyogrio.read_info(path)["features"] == 12


def test_an_empty_network_is_a_sound_file(tmp_path: Path) -> None:
    built("", code="vide")
    for file_format, name in (("geopackage", "a.gpkg"), ("geojson", "a.geojson")):
        report = export_network(code="vide", path=tmp_path / name, file_format=file_format)
        assert set(report.counts.values()) == {0}
        assert pyogrio.read_info(tmp_path / name, layer=0)["features"] == 0


@pytest.mark.parametrize(("name", "hours"), [("Net3", 24), ("ky4", 24), ("ky10", 24), ("Net6", 4)])
def test_an_epanet_model_computes_the_same_after_living_here(name: str, hours: int, tmp_path: Path) -> None:
    given, out = tmp_path / "given.inp", tmp_path / "out.inp"
    given.write_bytes(published_model(name).read_bytes())
    import_network(path=given, code="model", file_format="epanet", place=SQUARE)
    report = export_network(code="model", path=out, file_format="epanet")
    assert not report.assumed
    before, after = read_epanet(given), read_epanet(out)
    for kind in ("nodes", "links"):
        in_order = [row.code for row in getattr(before, kind)]
        assert [row.code for row in getattr(after, kind)] == in_order
        assert len(in_order) == report.counts[kind]
    lengths = ([link.length_m for link in rows.links if link.kind == "pipe"] for rows in (before, after))
    assert next(lengths) == pytest.approx(next(lengths), rel=1e-6)
    for first, second in zip(computed(given, hours), computed(out, hours), strict=True):
        assert agree(first, second)


@pytest.mark.usefixtures("street")
def test_a_valve_closed_here_is_closed_in_the_model(tmp_path: Path) -> None:
    Link.objects.filter(code="v1").update(state="closed")
    path = tmp_path / "rue.inp"
    report = export_network(code="rue", path=path, file_format="epanet")
    states = {link.code: link.state for link in read_epanet(path).links}
    assert states["v1"] == "closed"
    assert report.assumed["roughness"] == 3


def test_what_cannot_be_written_is_refused_in_words(tmp_path: Path) -> None:
    built("R1 ++l1++ a", code="cable")
    built("", code="vide")
    path = tmp_path / "x"

    def export(**options: Any) -> None:
        export_network(**{"code": "cable", "path": path, "file_format": "geopackage", **options})

    for refused, options in (
        (NoSuchNetwork, {"code": "nowhere"}),
        (InvalidInput, {"file_format": "shapefile"}),
        (InvalidInput, {"layers": ["secrets"]}),
        (InvalidInput, {"file_format": "geojson", "crs": "EPSG:26191"}),
        (PlaceUnknown, {"crs": "EPSG:0"}),
        (PlaceUnknown, {"crs": "+proj=nonsense"}),
        (Unexportable, {"file_format": "epanet"}),
        (Unexportable, {"file_format": "epanet", "code": "vide"}),
    ):
        with pytest.raises(refused):
            export(**options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("street")
def test_only_what_the_reader_may_see_is_written(tmp_path: Path) -> None:
    zineb = cast.person("zineb", "dispatcher")
    assign_jurisdiction(user=zineb, zone_code="dma-b")
    path = tmp_path / "rue.gpkg"
    report = export_network(code="rue", path=path, file_format="geopackage", seen_by=zineb)
    seen = ConnectionPoint.objects.visible_to(zineb)
    assert report.counts["connection_points"] == seen.count() == 1
    assert {node["code"] for node in layer(path, "nodes")} == {"b"}
    with pytest.raises(PermissionRefused):
        export_network(code="rue", path=path, file_format="epanet", seen_by=zineb)


@pytest.mark.usefixtures("street")
def test_the_api_hands_over_the_file_and_remembers_to_whom(client: Client, tmp_path: Path) -> None:
    salma = cast.salma()
    assign_jurisdiction(user=salma)
    client.force_login(salma)
    answer = client.get("/api/v1/networks/rue/export/?as=geopackage&layers=links,nodes")
    assert answer["Content-Disposition"] == 'attachment; filename="rue.gpkg"'
    path = tmp_path / "taken.gpkg"
    path.write_bytes(answer.getvalue())
    assert len(layer(path, "links")) == 4
    entry = AuditEntry.objects.get(action="gis.network_exported")
    assert (entry.actor, entry.details["nodes"]) == (salma, 5)


@pytest.mark.usefixtures("street")
@pytest.mark.parametrize(
    ("query", "code"),
    [("as=dxf", "invalid"), ("crs=EPSG:1", "place_unknown"), ("layers=users", "invalid")],
)
def test_the_api_refuses_what_it_does_not_know(client: Client, query: str, code: str) -> None:
    salma = cast.salma()
    assign_jurisdiction(user=salma)
    client.force_login(salma)
    answer = client.get(f"/api/v1/networks/rue/export/?{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert client.get("/api/v1/networks/nowhere/export/").status_code == 404


@pytest.mark.usefixtures("street")
def test_the_command_names_the_format_by_the_file_and_reports(tmp_path: Path) -> None:
    out = StringIO()
    call_command("export_network", str(tmp_path / "rue.inp"), "--network", "rue", "--json", stdout=out)
    assert json.loads(out.getvalue())["counts"] == {"nodes": 5, "links": 4}
    out = StringIO()
    call_command("export_network", str(tmp_path / "rue.gpkg"), "--network", "rue", stdout=out)
    assert "5 nodes, 4 links, 2 connection points" in out.getvalue()
    for arguments in (["rue.xyz"], ["missing/rue.gpkg"], ["rue.gpkg", "--crs", "EPSG:0"]):
        with pytest.raises(CommandError):
            call_command("export_network", str(tmp_path / arguments[0]), *arguments[1:], "--network", "rue")
