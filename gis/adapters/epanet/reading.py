"""Read EPANET input files."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from gis.adapters.epanet.figures import read_figures, tidy
from gis.domain.rows import (
    LinkKind,
    LinkRow,
    LinkState,
    NetworkRows,
    NodeKind,
    NodeRow,
    Position,
    UnreadableNetworkError,
)
from gis.domain.sentences import gettext_noop

VALVE_KINDS = {"PRV": LinkKind.PRV, "TCV": LinkKind.VALVE}
"""A throttle control valve is how EPANET draws an isolation valve; other types regulate."""

STATES = {"Open": LinkState.OPEN, "Opened": LinkState.OPEN, "Closed": LinkState.CLOSED, "CV": LinkState.OPEN}
SECONDS = 3600
HOOK_SHARE = 1e-5
"""Of the whole network's extent: how far a device is drawn out whose two ends stand in one place."""
BEYOND_ELEMENTS = ("options", "patterns", "curves", "sources", "controls")
"""What a model says that belongs to no node and no link, as wntr writes it (SI)."""


def read_epanet(path: Path) -> NetworkRows:
    """Read the file at `path`; codes are EPANET's own names, demands become `base_demand_m3_h`.

    Raises:
        UnreadableNetworkError: the file is missing, is not EPANET's, or refers to things it does not define.
    """
    from wntr.network import WaterNetworkModel, to_dict

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = to_dict(WaterNetworkModel(str(path)))
    # wntr raises whatever its parser met: KeyError, ValueError, EpanetException, UnicodeDecodeError…
    except Exception as error:
        text = gettext_noop("it is no EPANET model: %(error)s")
        raise UnreadableNetworkError(text, error=f"{type(error).__name__}: {error}") from error
    if not model["nodes"]:
        raise UnreadableNetworkError(gettext_noop("it holds no nodes"))
    nodes = tuple(_node(node) for node in model["nodes"])
    found = {node.code: node for node in nodes}
    hook = HOOK_SHARE * _extent(nodes)
    links = tuple(_link(link, found, hook) for link in model["links"])
    beyond = {name: model[name] for name in BEYOND_ELEMENTS}
    plain = orjson.loads(orjson.dumps(beyond, option=orjson.OPT_SERIALIZE_NUMPY))
    return NetworkRows(utility="water", nodes=nodes, links=links, hydraulics=plain)


def _node(node: Mapping[str, Any]) -> NodeRow:
    kind = NodeKind(node["node_type"].lower())
    elevation = node["base_head"] if kind is NodeKind.RESERVOIR else node["elevation"]
    demands = _demands(node) if kind is NodeKind.JUNCTION else {}
    x, y = node["coordinates"]
    return NodeRow(
        code=node["name"],
        kind=kind.value,
        position=(float(x), float(y)),
        elevation_m=tidy(float(elevation)),
        is_source=kind is not NodeKind.JUNCTION,
        attributes=demands | read_figures(node["node_type"], node),
    )


def _demands(node: Mapping[str, Any]) -> dict[str, Any]:
    """Sum what a junction draws by pattern; a demand that never changes has the pattern named nothing."""
    by_pattern: defaultdict[str, float] = defaultdict(float)
    for demand in node["demand_timeseries_list"]:
        if demand["base_val"]:
            by_pattern[demand["pattern_name"] or ""] += demand["base_val"] * SECONDS
    total = tidy(sum(by_pattern.values()))
    if not by_pattern:
        return {"base_demand_m3_h": total}
    return {
        "base_demand_m3_h": total,
        "demands": {pattern: tidy(value) for pattern, value in by_pattern.items()},
    }


def _extent(nodes: Sequence[NodeRow]) -> float:
    xs, ys = zip(*(node.position for node in nodes), strict=True)
    return max(max(xs) - min(xs), max(ys) - min(ys))


def _line(link: Mapping[str, Any], start: Position, end: Position, hook: float) -> tuple[Position, ...]:
    bends = tuple((float(x), float(y)) for x, y in link["vertices"])
    if start == end and not bends and link["link_type"] != "Pipe":
        bends = ((start[0] + hook, start[1]),)
    return (start, *bends, end)


def _link(link: Mapping[str, Any], nodes: Mapping[str, NodeRow], hook: float) -> LinkRow:
    kind = _kind(link)
    start, end = nodes[link["start_node_name"]], nodes[link["end_node_name"]]
    diameter = link.get("diameter")
    return LinkRow(
        code=link["name"],
        kind=kind.value,
        start=start.key,
        end=end.key,
        line=_line(link, start.position, end.position, hook),
        length_m=tidy(float(link["length"])) if kind is LinkKind.PIPE else None,
        diameter_mm=tidy(float(diameter) * 1000) if diameter else None,
        state=_state(link, kind),
        operable=kind is LinkKind.VALVE,
        attributes=_attributes(link, kind),
    )


def _kind(link: Mapping[str, Any]) -> LinkKind:
    if link["link_type"] == "Valve":
        return VALVE_KINDS.get(link["valve_type"], LinkKind.CONTROL_VALVE)
    return LinkKind(link["link_type"].lower())


def _state(link: Mapping[str, Any], kind: LinkKind) -> str:
    status = str(link["initial_status"])
    if status == "Active":
        return LinkState.OPEN.value if kind is LinkKind.VALVE else LinkState.ACTIVE.value
    return STATES.get(status, status.lower())


def _attributes(link: Mapping[str, Any], kind: LinkKind) -> dict[str, Any]:
    attributes = read_figures(link["link_type"], link)
    if kind is LinkKind.VALVE and str(link["initial_status"]) == "Open":
        # Open for good: its setting does not count until someone turns to it.
        attributes["fixed_open"] = True
    return attributes
