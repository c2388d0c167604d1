"""A water model read and written again computes the same, by EPANET itself."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gis.adapters.epanet import UnwritableNetworkError, read_epanet, write_epanet
from gis.domain.rows import LinkRow, NetworkRows, NodeRow
from tests.factories.models import published_model

EVERYTHING = """[JUNCTIONS]
a 10 3.6 day
b 12 0
c 11 2
d 11 1
[TANKS]
T 20 1 0 5 10 2
[RESERVOIRS]
R 60 heads
S 10
[PIPES]
p1 R a 100 200 120 0 Open
p2 a b 100 150 110 1.5 CV
p3 b T 100 150 120 0 Closed
p4 c d 90 100 120 0 Open
p5 d T 90 100 120 0 Open
[PUMPS]
pu1 S a HEAD lift SPEED 1.1 PATTERN turns
pu2 S b POWER 4
[VALVES]
prv a c 100 PRV 40 0
tcv a b 100 TCV 1 0.2
fcv b c 100 FCV 1.25 0
gpv b d 100 GPV loss 0
[STATUS]
pu2 Closed
tcv Open
[DEMANDS]
a 3.6 day
a 1.2 night
[EMITTERS]
d 0.4
[PATTERNS]
day 1 2
night 2 1
heads 1 1.01
turns 1 0.9
[CURVES]
lift 20 50
loss 0 0
loss 50 2
[CONTROLS]
LINK p3 OPEN IF NODE T BELOW 2
LINK pu2 OPEN AT TIME 2
[RULES]
RULE full
IF TANK T LEVEL ABOVE 4.5
AND SYSTEM TIME >= 3:00
THEN PUMP pu1 STATUS = CLOSED
ELSE PUMP pu1 STATUS = OPEN
PRIORITY 2
[OPTIONS]
UNITS CMH
HEADLOSS H-W
[TIMES]
DURATION 12:00
[COORDINATES]
R 0 0
S 0 50
a 100 0
b 200 0
c 200 20
d 200 30
T 200 50
[VERTICES]
p1 50 10
[END]
"""


def computed(path: Path, hours: int = 12) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run a model in EPANET: pressures (m) and flows (m³/s) by name, one column of instants each."""
    from wntr.network import WaterNetworkModel
    from wntr.sim import EpanetSimulator

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = WaterNetworkModel(str(path))
        model.options.time.duration = hours * 3600
        results = EpanetSimulator(model).run_sim(file_prefix=str(path.with_suffix("")))
    return results.node["pressure"].to_dict("list"), results.link["flowrate"].to_dict("list")


def agree(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Say whether two results name the same elements and stay within 0.1 % of each other at every instant.

    What is below a thousandth of the largest value of all is compared with that thousandth.
    """
    assert first.keys() == second.keys()
    a, b = (np.array([result[name] for name in first]) for result in (first, second))
    return bool(np.all(np.abs(a - b) <= 0.001 * np.maximum(np.abs(a), 0.001 * np.abs(a).max())))


@pytest.mark.parametrize("name", ["Net3", "ky4", "ky10"])
def test_a_published_model_computes_the_same_after_the_round_trip(name: str, tmp_path: Path) -> None:
    rows = read_epanet(published_model(name))
    out = tmp_path / "out.inp"
    assert not write_epanet(rows, out).assumed
    again = read_epanet(out)
    assert (len(again.nodes), len(again.links)) == (len(rows.nodes), len(rows.links))
    given = tmp_path / "given.inp"
    given.write_bytes(published_model(name).read_bytes())
    for before, after in zip(computed(given, 24), computed(out, 24), strict=True):
        assert agree(before, after)


def test_every_kind_of_element_curve_pattern_and_control_comes_back(tmp_path: Path) -> None:
    given, out = tmp_path / "given.inp", tmp_path / "out.inp"
    given.write_text(EVERYTHING)
    rows = read_epanet(given)
    assert not write_epanet(rows, out).assumed
    again = read_epanet(out)
    assert again.nodes == rows.nodes
    assert again.links == rows.links
    assert again.hydraulics["controls"] == rows.hydraulics["controls"]
    for before, after in zip(computed(given), computed(out), strict=True):
        assert agree(before, after)


@pytest.fixture
def everything(tmp_path: Path) -> NetworkRows:
    (tmp_path / "given.inp").write_text(EVERYTHING)
    return read_epanet(tmp_path / "given.inp")


def test_a_closed_valve_and_a_demand_edited_since_are_written_as_they_are_now(
    everything: NetworkRows, tmp_path: Path
) -> None:
    links = tuple(replace(link, state="closed") if link.code == "tcv" else link for link in everything.links)
    nodes = tuple(
        replace(node, attributes={**node.attributes, "base_demand_m3_h": 9.6}) if node.code == "a" else node
        for node in everything.nodes
    )
    write_epanet(replace(everything, nodes=nodes, links=links), tmp_path / "out.inp")
    again = read_epanet(tmp_path / "out.inp")
    assert next(link.state for link in again.links if link.code == "tcv") == "closed"
    demands = next(node.attributes["demands"] for node in again.nodes if node.code == "a")
    assert demands == pytest.approx({"day": 7.2, "night": 2.4})


def test_a_control_on_an_element_that_is_gone_is_left_out_and_said(
    everything: NetworkRows, tmp_path: Path
) -> None:
    links = tuple(link for link in everything.links if link.code != "p3")
    written = write_epanet(replace(everything, links=links), tmp_path / "out.inp")
    assert written.assumed == {"control_left_out": 1}
    assert len(read_epanet(tmp_path / "out.inp").hydraulics["controls"]) == 2


def test_what_the_network_does_not_say_is_assumed_and_counted(tmp_path: Path) -> None:
    bare = NetworkRows(
        "water",
        (NodeRow("R", "reservoir", (0, 0), 50.0, is_source=True), NodeRow("a b", "junction", (9, 0))),
        (LinkRow("p", "pipe", ("reservoir", "R"), ("junction", "a b"), ((0, 0), (9, 0)), 9.0),),
    )
    written = write_epanet(bare, tmp_path / "out.inp")
    assert written.assumed == {"renamed": 1, "elevation_m": 1, "roughness": 1, "diameter_mm": 1}
    assert {node.code for node in read_epanet(tmp_path / "out.inp").nodes} == {"R", "a_b"}


def test_two_kinds_may_share_a_code_and_get_names_of_their_own(tmp_path: Path) -> None:
    junctions = tuple(NodeRow(code, "junction", (x, 0), 1.0) for x, code in enumerate("ab"))
    line = ((0.0, 0.0), (1.0, 0.0))
    links = tuple(
        LinkRow(
            "7", kind, ("junction", "a"), ("junction", "b"), line, 1.0, 100, attributes={"roughness": 1.0}
        )
        for kind in ("pipe", "valve")
    )
    write_epanet(NetworkRows("water", junctions, links), tmp_path / "out.inp")
    assert {link.key for link in read_epanet(tmp_path / "out.inp").links} == {
        ("pipe", "pipe-7"),
        ("valve", "valve-7"),
    }


def test_an_electricity_network_is_no_epanet_model(tmp_path: Path) -> None:
    with pytest.raises(UnwritableNetworkError):
        write_epanet(NetworkRows("electricity", (), ()), tmp_path / "out.inp")
