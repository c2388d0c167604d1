"""Model files as rows: what each reader makes of what its format says."""

from __future__ import annotations

from pathlib import Path

import pytest

from gis.adapters.epanet import read_epanet
from gis.adapters.pandapower import read_pandapower
from gis.domain.checks import check_rows
from gis.domain.rows import NetworkRows, Reason, UnreadableNetworkError

EPANET = """[JUNCTIONS]
a 10 3.6 day
b 12 0
[TANKS]
T 20 1 0 5 10 0
[RESERVOIRS]
R 60
[PIPES]
p1 R a 100 200 120 0 Open
p2 a b 100 150 120 0 CV
p3 b T 100 150 120 0 Closed
[VALVES]
prv a b 100 PRV 40 0
tcv a b 100 TCV 1 0
fcv a b 100 FCV 10 0
[PATTERNS]
day 1 2
[OPTIONS]
UNITS CMH
HEADLOSS H-W
[COORDINATES]
R 0 0
a 100 0
b 200 0
T 200 50
[VERTICES]
p1 50 10
[END]
"""


@pytest.fixture(scope="module")
def water(tmp_path_factory: pytest.TempPathFactory) -> NetworkRows:
    path = tmp_path_factory.mktemp("epanet") / "net.inp"
    path.write_text(EPANET)
    return read_epanet(path)


def test_epanet_elements_keep_their_names_kinds_and_bends(water: NetworkRows) -> None:
    kinds = {link.code: link.kind for link in water.links}
    assert kinds == {
        "p1": "pipe",
        "p2": "pipe",
        "p3": "pipe",
        "prv": "prv",
        "tcv": "valve",
        "fcv": "control-valve",
    }
    assert {node.code for node in water.nodes if node.is_source} == {"R", "T"}
    assert water.links[0].line == ((0.0, 0.0), (50.0, 10.0), (100.0, 0.0))
    assert check_rows(water) == []


def test_epanet_figures_come_in_si(water: NetworkRows) -> None:
    pipe = next(link for link in water.links if link.code == "p1")
    assert (pipe.length_m, pipe.diameter_mm) == (100.0, 200.0)
    assert next(node for node in water.nodes if node.code == "a").attributes == {
        "base_demand_m3_h": 3.6,
        "demands": {"day": 3.6},
    }


def test_epanet_states_become_ours(water: NetworkRows) -> None:
    links = {link.code: link for link in water.links}
    assert links["p2"].attributes["check_valve"] is True
    assert {code: links[code].state for code in ("p1", "p2", "p3", "prv", "tcv")} == {
        "p1": "open",
        "p2": "open",
        "p3": "closed",
        "prv": "active",
        "tcv": "open",
    }
    assert links["tcv"].operable
    assert not links["prv"].operable


@pytest.fixture(scope="module")
def power(tmp_path_factory: pytest.TempPathFactory) -> NetworkRows:
    import pandapower as pp

    net = pp.create_empty_network()
    geo = [(7.87, 48.46), (7.871, 48.46), (7.872, 48.46), (7.873, 48.46)]
    levels = zip((20, 0.4, 0.4, 0.4), geo, strict=True)
    high, low, mid, end = (pp.create_bus(net, kv, geodata=place) for kv, place in levels)
    pp.create_ext_grid(net, high)
    pp.create_transformer(net, high, low, "0.4 MVA 20/0.4 kV")
    first = pp.create_line(net, low, mid, 0.07, "NAYY 4x50 SE", geodata=geo[1:3])
    pp.create_line(net, mid, end, 0.07, "NAYY 4x50 SE", geodata=geo[2:4])
    pp.create_switch(net, mid, first, et="l", closed=False)
    pp.create_switch(net, mid, end, et="b", closed=True)
    pp.create_load(net, end, 0.002, name="HH_1")
    path = tmp_path_factory.mktemp("pandapower") / "net.json"
    pp.to_json(net, str(path))
    return read_pandapower(path)


def test_a_switch_on_a_line_becomes_a_link_of_its_own(power: NetworkRows) -> None:
    links = {link.code: link for link in power.links}
    assert links["line-0"].end == links["switch-0"].end == ("junction", "switch-0-end")
    assert links["switch-0"].start == ("bus", "bus-2")
    assert (links["switch-0"].state, links["switch-1"].state) == ("open", "closed")
    assert links["line-0"].line[-1] == links["switch-0"].line[-1]
    assert check_rows(power) == []


def test_electricity_codes_are_kind_and_index(power: NetworkRows) -> None:
    assert {node.code for node in power.nodes if node.kind == "bus"} == {f"bus-{n}" for n in range(4)}
    assert [point.code for point in power.connection_points] == ["E-00000"]
    assert next(node for node in power.nodes if node.is_source).code == "bus-0"
    assert next(link for link in power.links if link.kind == "transformer").attributes["rated_kva"] == 400
    assert power.coordinate_unit == "deg"


def test_a_bus_without_place_is_refused_with_what_hangs_on_it(tmp_path: Path) -> None:
    import pandapower as pp

    net = pp.create_empty_network()
    pp.create_bus(net, 0.4, geodata=(7.87, 48.46))
    lost = pp.create_bus(net, 0.4)
    pp.create_line(net, 0, lost, 0.07, "NAYY 4x50 SE")
    path = tmp_path / "net.json"
    pp.to_json(net, str(path))
    found = {error.row: error.reason for error in check_rows(read_pandapower(path))}
    assert found == {"bus bus-1": Reason.NO_GEOMETRY, "line line-0": Reason.DANGLING}


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    for read in (read_epanet, read_pandapower):
        with pytest.raises(UnreadableNetworkError):
            read(tmp_path / "none")
