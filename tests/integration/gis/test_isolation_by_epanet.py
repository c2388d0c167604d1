"""Isolation judged by hydraulics: EPANET closes the valves that the trace names, and says what flows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import wntr

from gis.models import Link, Network
from gis.queries import IsolationTrace, isolation_trace
from gis.services import ValvePlacement, insert_valves

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::UserWarning:wntr.*")]

STILL_L_S = 0.01
FED_M = 5.0
PLACES = ["n1", "n105", "n332", "n506", "n744"]


@pytest.fixture
def valved(ltown: Network) -> dict[str, str]:
    """L-TOWN with a valve at one end of two pipes in three; returns the pipe of each valve."""
    found = Link.objects.filter(network=ltown, kind="pipe").order_by("pk")
    pipes = found.values_list("code", "start_node__code")
    placements = [
        ValvePlacement(f"valve-{number}", pipe, node)
        for number, (pipe, node) in enumerate(pipes)
        if number % 3
    ]
    insert_valves(network_code=ltown.code, placements=placements)
    return {placement.code: placement.pipe for placement in placements}


def simulated(model: Path, closed: set[str], folder: Path) -> tuple[Any, Any]:
    """Run EPANET, pressure driven, at one instant; return pressures in metres and flows in L/s."""
    network = wntr.network.WaterNetworkModel(str(model))
    network.options.time.duration = 0
    network.options.hydraulic.demand_model = "PDD"
    for name in closed:
        network.get_link(name).initial_status = wntr.network.LinkStatus.Closed
    results = wntr.sim.EpanetSimulator(network).run_sim(file_prefix=str(folder / "run"))
    return results.node["pressure"].iloc[0], results.link["flowrate"].iloc[0].abs() * 1000


@pytest.mark.parametrize("place", PLACES)
def test_the_valves_named_leave_the_place_without_flow_and_the_rest_with_pressure(
    place: str, valved: dict[str, str], ltown_file: Path, tmp_path: Path
) -> None:
    found = isolation_trace("ltown", "junction", place)
    closed = {valved[valve.code] for valve in found.valves if valve.role == "close"}
    assert closed
    before, _ = simulated(ltown_file, set(), tmp_path)
    after, flows = simulated(ltown_file, closed, tmp_path)
    without = cut_off(found)
    assert place in without
    still = [link.code for link in found.links if link.role == "isolated" and link.kind == "pipe"]
    assert flows[still].max() < STILL_L_S, "water still moves in the isolated part"
    fed = [node for node in before.index if before[node] > FED_M and node not in without]
    assert len(fed) > 500
    assert after[fed].min() > 0, "the rest lost its pressure"


def cut_off(found: IsolationTrace) -> set[str]:
    return {node.code for node in found.nodes}


def test_with_one_valve_left_open_water_still_comes(
    valved: dict[str, str], ltown_file: Path, tmp_path: Path
) -> None:
    found = isolation_trace("ltown", "junction", "n332")
    feeding = [valve for valve in found.valves if valve.feeds]
    closed = {valved[valve.code] for valve in found.valves} - {valved[feeding[0].code]}
    pressures, _ = simulated(ltown_file, closed, tmp_path)
    assert pressures["n332"] > FED_M
