"""Read EPANET input files through wntr, in SI units whatever the file's own."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.domain.rows import (
    Key,
    LinkKind,
    LinkRow,
    LinkState,
    NetworkRows,
    NodeKind,
    NodeRow,
    UnreadableNetworkError,
)

if TYPE_CHECKING:
    from wntr.network import WaterNetworkModel

VALVE_KINDS = {"PRV": LinkKind.PRV, "TCV": LinkKind.VALVE}
"""A throttle control valve is how EPANET draws an isolation valve; other types regulate."""

STATES = {"Open": LinkState.OPEN, "Opened": LinkState.OPEN, "Closed": LinkState.CLOSED, "CV": LinkState.OPEN}


def read_epanet(path: Path) -> NetworkRows:
    """Read the file at `path`; codes are EPANET's own names, demands become `base_demand_m3_h`.

    Raises:
        UnreadableNetworkError: the file is missing, is not EPANET's, or refers to things it does not define.
    """
    from wntr.network import WaterNetworkModel

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = WaterNetworkModel(str(path))
    # wntr raises whatever its parser met: KeyError, ValueError, EpanetException, UnicodeDecodeError…
    except Exception as error:
        raise UnreadableNetworkError(f"{type(error).__name__}: {error}") from error
    if not model.node_name_list:
        raise UnreadableNetworkError("no nodes")
    nodes = tuple(_node(model, name) for name in model.node_name_list)
    keys = {node.code: node.key for node in nodes}
    links = tuple(_link(model, name, keys) for name in model.link_name_list)
    return NetworkRows(utility="water", nodes=nodes, links=links)


def _node(model: WaterNetworkModel, name: str) -> NodeRow:
    node: Any = model.get_node(name)
    kind = NodeKind(node.node_type.lower())
    elevation = node.base_head if kind is NodeKind.RESERVOIR else node.elevation
    attributes: dict[str, Any] = {}
    if kind is NodeKind.JUNCTION:
        demands = [demand for demand in node.demand_timeseries_list if demand.base_value]
        attributes["base_demand_m3_h"] = round(sum(demand.base_value for demand in demands) * 3600, 6)
        if patterns := {demand.pattern_name: round(demand.base_value * 3600, 6) for demand in demands}:
            attributes["demands"] = patterns
    elif kind is NodeKind.TANK:
        attributes = {
            "diameter_m": round(node.diameter, 3),
            "min_level_m": round(node.min_level, 3),
            "max_level_m": round(node.max_level, 3),
            "initial_level_m": round(node.init_level, 3),
        }
    return NodeRow(
        code=name,
        kind=kind.value,
        position=(float(node.coordinates[0]), float(node.coordinates[1])),
        elevation_m=round(float(elevation), 3),
        is_source=kind is not NodeKind.JUNCTION,
        attributes=attributes,
    )


def _link(model: WaterNetworkModel, name: str, keys: dict[str, Key]) -> LinkRow:
    link: Any = model.get_link(name)
    kind = _kind(link)
    start, end = link.start_node_name, link.end_node_name
    line = (
        model.get_node(start).coordinates,
        *((float(x), float(y)) for x, y in link.vertices),
        model.get_node(end).coordinates,
    )
    diameter = getattr(link, "diameter", None)
    return LinkRow(
        code=name,
        kind=kind.value,
        start=keys[start],
        end=keys[end],
        line=tuple((float(x), float(y)) for x, y in line),
        length_m=round(float(link.length), 3) if kind is LinkKind.PIPE else None,
        diameter_mm=round(float(diameter) * 1000, 1) if diameter else None,
        state=_state(link, kind),
        operable=kind is LinkKind.VALVE,
        attributes=_attributes(link, kind),
    )


def _kind(link: Any) -> LinkKind:
    if link.link_type == "Valve":
        return VALVE_KINDS.get(link.valve_type, LinkKind.CONTROL_VALVE)
    return LinkKind(link.link_type.lower())


def _state(link: Any, kind: LinkKind) -> str:
    status = str(link.initial_status)
    if status == "Active":
        return LinkState.OPEN.value if kind is LinkKind.VALVE else LinkState.ACTIVE.value
    return STATES.get(status, status.lower())


def _attributes(link: Any, kind: LinkKind) -> dict[str, Any]:
    if kind is LinkKind.PIPE:
        attributes: dict[str, Any] = {"roughness": round(float(link.roughness), 4)}
        if link.check_valve:
            attributes["check_valve"] = True
        return attributes
    if link.link_type == "Valve":
        attributes = {"type": link.valve_type}
        if link.initial_setting is not None:
            attributes["setting"] = round(float(link.initial_setting), 3)
        return attributes
    return {}
