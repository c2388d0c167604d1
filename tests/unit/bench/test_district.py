"""The generated district that measurements stand on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pyogrio
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import Polygon, contains_xy

from bench.gis.district import District, generate
from bench.gis.district.files import write


@pytest.fixture(scope="module")
def district() -> District:
    return generate(columns=3, rows=2)


def test_six_sectors_have_600_nodes_and_500_points_each(district: District) -> None:
    assert len(district.points) == 3000
    kinds = Counter(district.nodes["kind"].to_pylist())
    assert kinds["reservoir"] == 6
    assert 3600 <= kinds["junction"] < 3620
    assert Counter(district.zones["kind"].to_pylist()) == {"commune": 1, "district": 1, "dma": 6}


def test_the_same_seed_draws_the_same_district(district: District) -> None:
    again = generate(columns=3, rows=2)
    assert all(getattr(again, name).equals(getattr(district, name)) for name in ("nodes", "links", "points"))


def test_every_node_is_fed_by_a_source_through_open_links(district: District) -> None:
    links = district.links
    lets_through = links["state"].to_numpy() != "closed"
    start, end = links["start"].to_numpy()[lets_through], links["end"].to_numpy()[lets_through]
    nodes = len(district.nodes)
    graph = coo_array((np.ones(len(start)), (start, end)), shape=(nodes, nodes))
    _, component = connected_components(graph, directed=False)
    fed = set(component[district.nodes["is_source"].to_numpy(zero_copy_only=False)])
    assert set(component) == fed


def test_every_point_lies_in_the_sector_of_its_node(district: District) -> None:
    sectors = [zone for zone in district.zones.to_pylist() if zone["kind"] == "dma"]
    x, y = district.points["x"].to_numpy(), district.points["y"].to_numpy()
    for number, sector in enumerate(sectors):
        own = slice(number * 500, (number + 1) * 500)
        assert contains_xy(Polygon(sector["ring"]), x[own], y[own]).all()


def test_buildings_hold_many_points_at_one_place(district: District) -> None:
    places = zip(district.points["lon"].to_pylist(), district.points["lat"].to_pylist(), strict=True)
    sizes = Counter(Counter(places).values())
    assert sizes == {1: 2400, 10: 6, 20: 6, 30: 6, 40: 6}


def test_the_files_hold_what_was_drawn(district: District, tmp_path: Path) -> None:
    package, customers = write(district, tmp_path)
    layers = [str(name) for name, _ in pyogrio.list_layers(package)]
    counts = {name: pyogrio.read_info(package, layer=name)["features"] for name in layers}
    assert counts == {
        "zones": len(district.zones),
        "nodes": len(district.nodes),
        "links": len(district.links),
        "connection_points": 3000,
    }
    assert pyogrio.read_info(package, layer="links")["crs"] == "EPSG:26191"
    assert customers.read_text().count("\n") == 3001
