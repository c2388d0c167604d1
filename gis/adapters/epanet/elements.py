"""Say nodes and links as wntr's dictionaries, and count what had to be assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from gis.adapters.epanet.figures import write_figures
from gis.domain.rows import Key, LinkKind, LinkRow, LinkState, NodeKind, NodeRow

SECONDS = 3600
STATUSES = {LinkState.OPEN: "Open", LinkState.CLOSED: "Closed", LinkState.ACTIVE: "Active"}
ASSUMED = {"diameter_mm": 100.0, "roughness": 130.0, "power_kw": 1.0, "tank_m": 10.0}
"""What the model is given where the network does not say; each is counted in the report."""


class Elements:
    """The elements of a network under the names they have in the file."""

    def __init__(self, nodes: Mapping[Key, str], links: Mapping[Key, str], assumed: Counter[str]) -> None:
        self.nodes, self.links, self.assumed = nodes, links, assumed

    def node(self, node: NodeRow) -> dict[str, Any]:
        """Return a node: its place, its height and what its kind needs."""
        common = {"name": self.nodes[node.key], "coordinates": node.position}
        height = node.elevation_m
        if height is None:
            self.assumed["elevation_m"] += 1
            height = 0.0
        if node.kind == NodeKind.RESERVOIR:
            figures = write_figures("Reservoir", node.attributes)
            return {**common, "node_type": "Reservoir", "base_head": height, **figures}
        if node.kind == NodeKind.TANK:
            return {**common, "node_type": "Tank", "elevation": height, **self._tank(node)}
        figures = write_figures("Junction", node.attributes)
        return {
            **common,
            "node_type": "Junction",
            "elevation": height,
            "demand_timeseries_list": _demands(node.attributes),
            **figures,
        }

    def link(self, link: LinkRow) -> dict[str, Any]:
        """Return a link between the names of its ends."""
        common = {
            "name": self.links[link.key],
            "start_node_name": self.nodes[link.start],
            "end_node_name": self.nodes[link.end],
            "vertices": [list(position) for position in link.line[1:-1]],
        }
        if link.kind == LinkKind.PIPE:
            return {**common, **self._pipe(link)}
        if link.kind == LinkKind.PUMP:
            return {**common, **self._pump(link)}
        return {**common, **self._valve(link)}

    def _tank(self, node: NodeRow) -> dict[str, Any]:
        figures = write_figures("Tank", node.attributes)
        if "diameter" not in figures:
            self.assumed["tank_m"] += 1
        assumed = {"min_level": 0.0, "max_level": ASSUMED["tank_m"], "diameter": ASSUMED["tank_m"]}
        whole = {**assumed, "init_level": figures.get("max_level", ASSUMED["tank_m"]) / 2, **figures}
        return whole

    def _pipe(self, link: LinkRow) -> dict[str, Any]:
        figures = write_figures("Pipe", link.attributes)
        if "roughness" not in figures:
            self.assumed["roughness"] += 1
        return {
            "link_type": "Pipe",
            "length": link.length_m,
            "diameter": self._diameter(link),
            "initial_status": "Closed" if link.state == LinkState.CLOSED else "Open",
            "roughness": ASSUMED["roughness"],
            **figures,
        }

    def _pump(self, link: LinkRow) -> dict[str, Any]:
        figures = write_figures("Pump", link.attributes)
        by_curve = "pump_curve_name" in figures
        if not by_curve and "power" not in figures:
            self.assumed["power_kw"] += 1
            figures["power"] = ASSUMED["power_kw"] * 1000
        return {
            "link_type": "Pump",
            "pump_type": "HEAD" if by_curve else "POWER",
            "initial_status": "Closed" if link.state == LinkState.CLOSED else "Open",
            **figures,
        }

    def _valve(self, link: LinkRow) -> dict[str, Any]:
        figures = write_figures("Valve", link.attributes)
        return {
            "link_type": "Valve",
            "diameter": self._diameter(link),
            "initial_setting": 0.0,
            **figures,
            "initial_status": self._status(link, figures),
            "valve_type": "PRV" if link.kind == LinkKind.PRV else figures.get("valve_type", "TCV"),
        }

    def _status(self, link: LinkRow, figures: Mapping[str, Any]) -> str:
        """Let an open isolation valve throttle by its setting; what regulates needs one to regulate by."""
        if link.kind == LinkKind.VALVE and link.state == LinkState.OPEN:
            return "Open" if link.attributes.get("fixed_open") else "Active"
        settled = "initial_setting" in figures or "headloss_curve_name" in figures
        if link.state == LinkState.ACTIVE and not settled:
            self.assumed["setting"] += 1
            return "Open"
        return STATUSES[LinkState(link.state)]

    def _diameter(self, link: LinkRow) -> float:
        if not link.diameter_mm:
            self.assumed["diameter_mm"] += 1
        return (link.diameter_mm or ASSUMED["diameter_mm"]) / 1000


def _demands(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Say what a junction draws: by pattern as read, brought to the sum that people may have edited since."""
    total = float(attributes.get("base_demand_m3_h") or 0.0)
    by_pattern: Mapping[str, float] = attributes.get("demands") or {"": total}
    share = total / held if (held := sum(by_pattern.values())) else 1.0
    return [
        {"base_val": value * share / SECONDS, "pattern_name": pattern or None}
        for pattern, value in by_pattern.items()
    ]
