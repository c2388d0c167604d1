"""Published models imported whole: counts, lengths and supply as wntr and pandapower themselves give them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import networkx
import pytest
from django.db.models import Count, Sum

from gis.domain.placement import Place
from gis.models import ConnectionPoint, Link, Node
from gis.queries import directed_trace
from gis.services import import_network
from tests.factories.models import published_model
from tests.integration.gis.conftest import SCHUTTERWALD_PLACE

pytestmark = pytest.mark.django_db

SQUARE = Place(-2.32, 34.92)
PUBLISHED = {"Net3": (97, 119), "ky4": (964, 1158), "Net6": (3356, 3892)}
"""Nodes and links, as the models' authors say."""


@pytest.fixture(params=PUBLISHED)
def water(request: pytest.FixtureRequest) -> Any:
    """Import a model of wntr's library as the network `published`, and give wntr's own reading of it."""
    from wntr.network import WaterNetworkModel

    path = published_model(request.param)
    import_network(path=path, code="published", file_format="epanet", place=SQUARE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = WaterNetworkModel(str(path))
    assert (model.num_nodes, model.num_links) == PUBLISHED[request.param]
    return model


def kinds(model: type[Node] | type[Link]) -> dict[str, int]:
    return dict(model.objects.values_list("kind").annotate(Count("pk")).order_by())


def test_every_element_of_a_water_model_arrives_with_its_figures(water: Any) -> None:
    expected = {"junction": water.num_junctions, "reservoir": water.num_reservoirs, "tank": water.num_tanks}
    assert kinds(Node) == {kind: number for kind, number in expected.items() if number}
    arrived = kinds(Link)
    assert (arrived["pipe"], arrived["pump"]) == (water.num_pipes, water.num_pumps)
    assert sum(arrived.values()) == water.num_links
    metres = Link.objects.filter(kind="pipe").aggregate(total=Sum("length_m"))["total"]
    assert metres == pytest.approx(sum(pipe.length for _, pipe in water.pipes()), rel=1e-9)
    drawn = sum(one.base_value for _, node in water.junctions() for one in node.demand_timeseries_list)
    demand = sum(node.attributes["base_demand_m3_h"] for node in Node.objects.filter(kind="junction"))
    assert demand == pytest.approx(3600 * drawn, rel=1e-6)


def test_what_each_source_supplies_is_what_wntr_joins_to_it(water: Any) -> None:
    """Open links join; so wntr's own graph without the links that start closed says who is supplied."""
    shut = {(link.start_node_name, link.end_node_name, name) for name, link in water.links() if closed(link)}
    graph = water.to_graph().to_undirected()
    graph.remove_edges_from(shut)
    for name in water.reservoir_name_list:
        supplied = networkx.node_connected_component(graph, name)
        found = directed_trace("published", "connected", "reservoir", name)
        assert {node.code for node in found.nodes} == supplied


def closed(link: Any) -> bool:
    return str(link.initial_status) == "Closed"


def test_schutterwald_supplies_the_loads_that_pandapower_says(schutterwald_file: Path) -> None:
    import pandapower
    from pandapower.topology import create_nxgraph, unsupplied_buses

    import_network(
        path=schutterwald_file, code="s", file_format="pandapower", crs="EPSG:32632", place=SCHUTTERWALD_PLACE
    )
    net = pandapower.from_json(str(schutterwald_file))
    lengths = Link.objects.filter(kind="line").aggregate(total=Sum("length_m"))["total"]
    assert lengths == pytest.approx(net.line.length_km.sum() * 1000, abs=0.01)
    graph = create_nxgraph(net, include_trafos=False)
    served: set[str] = set()
    for index, bus in net.trafo.lv_bus.items():
        fed = networkx.node_connected_component(graph, bus)
        expected = {f"E-{load:05d}" for load in net.load.index[net.load.bus.isin(fed)]}
        found = directed_trace("s", "downstream", "transformer", f"transformer-{index}")
        assert {point.code for point in found.connection_points} == expected
        served |= expected
    dark = {f"E-{load:05d}" for load in net.load.index[net.load.bus.isin(unsupplied_buses(net))]}
    everyone = set(ConnectionPoint.objects.values_list("code", flat=True))
    assert everyone - served == dark
