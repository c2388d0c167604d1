"""Whole models through the importer, counted and measured against the libraries that publish them."""

from __future__ import annotations

import json
import math
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum

from gis.domain.placement import GEOID, PLACE_CRS, WGS84, Place, project
from gis.errors import ImportRefused, PlaceUnknown, UnreadableFile
from gis.models import ConnectionPoint, ImportRecord, Link, Network, Node
from gis.services import import_network
from tests.integration.gis.conftest import LTOWN_PLACE, SCHUTTERWALD_PLACE

pytestmark = pytest.mark.django_db

SMALL = """[JUNCTIONS]
a 10 0
b 12 5
c 11 0
[RESERVOIRS]
R 60
[PIPES]
p1 R a 100 200 120 0 Open
p2 a b 100 150 120 0 Open
{more}
[OPTIONS]
UNITS LPS
HEADLOSS H-W
[COORDINATES]
R 0 0
a 100 0
b 200 0
c 200 {y}
[END]
"""


def small(tmp_path: Path, more: str = "p3 b c 50 100 120 0 Closed", y: str = "50") -> Path:
    path = tmp_path / "small.inp"
    path.write_text(SMALL.format(more=more, y=y))
    return path


def kinds(model: type[Node] | type[Link]) -> dict[str, int]:
    return dict(model.objects.values_list("kind").annotate(Count("pk")).order_by())


def snapshot() -> dict[str, Any]:
    """All that an import could have written."""
    return {
        "nodes": list(Node.objects.order_by("pk").values_list("pk", "code", "version", "geom")),
        "links": list(Link.objects.order_by("pk").values_list("pk", "code", "version", "geom", "state")),
        "networks": list(Network.objects.values_list("code", "topology_version", "version")),
        "records": ImportRecord.objects.count(),
    }


def test_ltown_arrives_whole(ltown: Network, ltown_file: Path) -> None:
    from wntr.network import WaterNetworkModel

    model = WaterNetworkModel(str(ltown_file))
    assert kinds(Node) == {
        "junction": model.num_junctions,
        "reservoir": model.num_reservoirs,
        "tank": model.num_tanks,
    }
    assert kinds(Link) == {"pipe": model.num_pipes, "prv": model.num_valves, "pump": model.num_pumps}
    metres = Link.objects.filter(kind="pipe").aggregate(total=Sum("length_m"))["total"]
    assert metres == pytest.approx(sum(pipe.length for _, pipe in model.pipes()), rel=1e-6)
    assert (model.num_junctions, model.num_pipes, round(metres / 1000, 1)) == (782, 905, 43.2)
    expected = sum(d.base_value for _, node in model.junctions() for d in node.demand_timeseries_list)
    demand = sum(node.attributes["base_demand_m3_h"] for node in Node.objects.filter(kind="junction"))
    assert demand == pytest.approx(3600 * expected, rel=1e-4)


def test_schutterwald_arrives_whole(schutterwald_file: Path) -> None:
    import pandapower

    report = import_network(
        path=schutterwald_file,
        code="schutterwald",
        file_format="pandapower",
        crs="EPSG:32632",
        place=SCHUTTERWALD_PLACE,
    )
    net = pandapower.from_json(str(schutterwald_file))
    assert Node.objects.filter(kind="bus").count() == len(net.bus) == 2940
    assert kinds(Link) == {"line": len(net.line), "switch": len(net.switch), "transformer": len(net.trafo)}
    assert kinds(Link) == {"line": 3000, "switch": 378, "transformer": 14}
    assert ConnectionPoint.objects.count() == len(net.load) == 1506
    assert ConnectionPoint.objects.filter(code=f"E-{net.load.index[0]:05d}").exists()
    assert report.length_km == pytest.approx(net.line.length_km.sum(), abs=1e-3)
    assert round(report.length_km) == 62
    open_switches = Link.objects.filter(kind="switch", state="open").count()
    assert open_switches == int((~net.switch.closed).sum())
    assert (report.source_crs, report.placed_in) == ("EPSG:32632", "EPSG:26191")


def test_each_transformer_feeds_as_many_loads_as_pandapower_says(schutterwald_file: Path) -> None:
    import networkx
    import pandapower
    from pandapower.topology import create_nxgraph

    from gis.queries import directed_trace

    import_network(
        path=schutterwald_file, code="s", file_format="pandapower", crs="EPSG:32632", place=SCHUTTERWALD_PLACE
    )
    net = pandapower.from_json(str(schutterwald_file))
    graph = create_nxgraph(net, include_trafos=False)
    for index in (0, 7):
        fed = networkx.node_connected_component(graph, net.trafo.lv_bus[index])
        expected = {f"E-{load:05d}" for load in net.load.index[net.load.bus.isin(fed)]}
        found = directed_trace("s", "downstream", "transformer", f"transformer-{index}")
        assert {point.code for point in found.connection_points} == expected


def test_a_placed_network_is_moved_and_not_stretched(ltown: Network, ltown_file: Path) -> None:
    from wntr.network import WaterNetworkModel

    model = WaterNetworkModel(str(ltown_file))
    places = {node.code: node.geom for node in Node.objects.all()}
    for first, second in (("n1", "n700"), ("R1", "T1"), ("n33", "n105")):
        expected = math.dist(model.get_node(first).coordinates, model.get_node(second).coordinates)
        a, b = places[first], places[second]
        assert GEOID.inv(a.x, a.y, b.x, b.y)[2] == pytest.approx(expected, rel=1e-3)
    plane = project([(place.x, place.y) for place in places.values()], WGS84, PLACE_CRS)
    middles = [(min(values) + max(values)) / 2 for values in zip(*plane, strict=True)]
    ((x, y),) = project([(LTOWN_PLACE.lon, LTOWN_PLACE.lat)], WGS84, PLACE_CRS)
    assert middles == pytest.approx([x, y], abs=0.01)


def test_the_same_file_again_changes_nothing(ltown: Network, ltown_file: Path) -> None:
    before = snapshot()
    report = import_network(path=ltown_file, code="ltown", file_format="epanet", place=LTOWN_PLACE)
    assert not report.changed
    assert snapshot() == before


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    report = import_network(
        path=small(tmp_path), code="small", file_format="epanet", place=LTOWN_PLACE, dry_run=True
    )
    assert (report.counts["nodes"].created, report.counts["links"].created) == (4, 3)
    assert report.kinds == {"junction": 3, "reservoir": 1, "pipe": 3}
    assert not Network.objects.exists()


def test_a_changed_file_updates_what_changed_and_keeps_what_people_edited(tmp_path: Path) -> None:
    options: dict[str, Any] = {"code": "small", "file_format": "epanet", "place": LTOWN_PLACE}
    import_network(path=small(tmp_path), **options)
    Link.objects.filter(code="p3").update(diameter_mm=110, version=2)
    report = import_network(
        path=small(tmp_path, "p3 b c 60 90 120 0 Open\np4 a c 80 90 120 0 Open"), **options
    )
    assert (report.counts["links"].created, report.counts["links"].kept) == (1, 1)
    assert Link.objects.get(code="p3").diameter_mm == 110
    assert Link.objects.get(code="p3").state == "closed"


def test_a_refused_row_refuses_the_file_and_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refused:
        import_network(
            path=small(tmp_path, "p3 b b 50 100 120 0 Open"),
            code="small",
            file_format="epanet",
            place=LTOWN_PLACE,
        )
    assert [(error.row, error.reason) for error in refused.value.report.errors] == [("pipe p3", "self_loop")]
    assert not Network.objects.exists()


def test_sound_rows_can_be_imported_without_the_refused_ones(tmp_path: Path) -> None:
    report = import_network(
        path=small(tmp_path, "p3 b b 50 100 120 0 Open"),
        code="small",
        file_format="epanet",
        place=LTOWN_PLACE,
        skip_errors=True,
    )
    assert len(report.errors) == 1
    assert set(Link.objects.values_list("code", flat=True)) == {"p1", "p2"}


def test_a_failure_on_the_way_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any
) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("gis.services.importing.models.write_points", fail)
    with pytest.raises(RuntimeError):
        import_network(path=small(tmp_path), code="small", file_format="epanet", place=LTOWN_PLACE)
    assert not Network.objects.exists()
    assert not Node.objects.exists()


@pytest.mark.parametrize("file_format", ["epanet", "pandapower"])
@pytest.mark.parametrize("content", ["", "not a network", "[1, 2]", "[PIPES]\np1 a b\n", "\x00\xff"])
def test_an_unreadable_file_is_refused_in_words(tmp_path: Path, file_format: str, content: str) -> None:
    path = tmp_path / "broken"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(UnreadableFile):
        import_network(path=path, code="x", file_format=file_format, place=LTOWN_PLACE)
    assert not Network.objects.exists()


def test_coordinates_without_a_system_are_asked_about_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(PlaceUnknown) as refused:
        import_network(path=small(tmp_path), code="small", file_format="epanet")
    assert "missing_crs" in refused.value.extra["errors"]


def test_a_moroccan_grid_is_read_in_place(tmp_path: Path) -> None:
    path = small(tmp_path)
    text = path.read_text()
    for name, x in (("R", 0), ("a", 100), ("b", 200), ("c", 200)):
        text = text.replace(f"\n{name} {x} ", f"\n{name} {780_000 + x} 487{'050' if name == 'c' else '000'} ")
    path.write_text(text.replace("487050 50", "487050").replace(" 487000 0\n", " 487000\n"))
    report = import_network(path=path, code="small", file_format="epanet", crs="EPSG:26191")
    place = Node.objects.get(code="a").geom
    assert report.source_crs == "EPSG:26191"
    assert (round(place.x), round(place.y)) == (-2, 35)


def test_the_command_reports_in_json_and_takes_a_western_longitude(tmp_path: Path) -> None:
    out = StringIO()
    arguments = [str(small(tmp_path)), "--network", "small", "--format", "epanet", "--json"]
    call_command("import_network", *arguments, "--place", "-2.32576,34.92853,90", stdout=out)
    report = json.loads(out.getvalue())
    assert report["changed"] is True
    assert report["counts"]["links"]["created"] == 3
    assert Network.objects.get().placement == "synthetic"


def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("import_network", str(tmp_path / "none"), "--network", "x", "--format", "epanet")


def test_rotation_turns_counter_clockwise(tmp_path: Path) -> None:
    import_network(
        path=small(tmp_path), code="small", file_format="epanet", place=Place(-2.32576, 34.92853, 90)
    )
    start, end = (Node.objects.get(code=code).geom for code in ("R", "b"))
    assert end.y > start.y
    assert abs(end.x - start.x) < abs(end.y - start.y) / 10
