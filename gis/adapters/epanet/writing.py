"""Write a water network as an EPANET input file that computes as the one it was read from."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis.adapters.epanet.figures import write_figures
from gis.domain.rows import Key, LinkKind, LinkRow, LinkState, NetworkRows, NodeKind, NodeRow

SECONDS = 3600
LONGEST_NAME = 31
UNFIT = re.compile(r'[\s;"]+')
NAMED = re.compile(r"\b(?:PUMP|VALVE|PIPE|LINK|TANK|JUNCTION|NODE|RESERVOIR)\s+(\S+)", re.IGNORECASE)
STATUSES = {LinkState.OPEN: "Open", LinkState.CLOSED: "Closed", LinkState.ACTIVE: "Active"}
ASSUMED = {"diameter_mm": 100.0, "roughness": 130.0, "power_kw": 1.0, "tank_m": 10.0}
"""What the model is given where the network does not say; each is counted in the report."""


class UnwritableNetworkError(Exception):
    """This network cannot be written as an EPANET model."""


@dataclass(frozen=True, slots=True)
class Written:
    """What could not be said as the network says it, and how often: by reason."""

    assumed: Mapping[str, int]


def write_epanet(rows: NetworkRows, path: Path) -> Written:
    """Write `rows`, in whatever plane their positions are, to the file at `path`.

    Names that EPANET cannot hold, or that two kinds share, are changed; controls whose elements are gone are
    left out.

    Raises:
        UnwritableNetworkError: the network is no water network, or a control cannot be said.
    """
    from wntr.network import from_dict, write_inpfile

    if rows.utility != "water":
        raise UnwritableNetworkError(rows.utility)
    model = _Model(rows)
    content = model.content()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            write_inpfile(from_dict(content), str(path), units=_units(rows.hydraulics))
    # wntr raises whatever its own tables met: KeyError, ValueError, ControlError…
    except Exception as error:
        raise UnwritableNetworkError(f"{type(error).__name__}: {error}") from error
    return Written(dict(model.assumed))


def _units(hydraulics: Mapping[str, Any]) -> str:
    options: Mapping[str, Any] = hydraulics.get("options") or {}
    return (options.get("hydraulic") or {}).get("inpfile_units") or "LPS"


class _Model:
    """The network as the dictionary that wntr reads, with what had to be assumed."""

    def __init__(self, rows: NetworkRows) -> None:
        self.rows = rows
        self.assumed: Counter[str] = Counter()
        self.nodes = self._names(node.key for node in rows.nodes)
        self.links = self._names(link.key for link in rows.links)

    def content(self) -> dict[str, Any]:
        held = self.rows.hydraulics
        return {
            "version": None,
            "comment": None,
            "name": None,
            "references": [],
            "options": held.get("options") or {},
            "curves": held.get("curves") or [],
            "patterns": held.get("patterns") or [],
            "nodes": [self._node(node) for node in self.rows.nodes],
            "links": [self._link(link) for link in self.rows.links],
            "sources": [one for one in held.get("sources") or () if one["node_name"] in self.nodes.values()],
            "controls": self._controls(held.get("controls") or ()),
        }

    def _names(self, keys: Iterable[Key]) -> dict[Key, str]:
        """Give every element a name of its own that EPANET can hold: its code wherever that will do."""
        keys = list(keys)
        shared = {code for code, times in Counter(code for _, code in keys).items() if times > 1}
        taken: set[str] = set()
        names = {}
        for kind, code in keys:
            name = UNFIT.sub("_", f"{kind}-{code}" if code in shared else code)
            if len(name) > LONGEST_NAME or name in taken:
                name = f"{name[: LONGEST_NAME - 8]}~{len(taken)}"
            if name != code:
                self.assumed["renamed"] += 1
            taken.add(name)
            names[kind, code] = name
        return names

    def _node(self, node: NodeRow) -> dict[str, Any]:
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

    def _tank(self, node: NodeRow) -> dict[str, Any]:
        figures = write_figures("Tank", node.attributes)
        if "diameter" not in figures:
            self.assumed["tank_m"] += 1
        assumed = {"min_level": 0.0, "max_level": ASSUMED["tank_m"], "diameter": ASSUMED["tank_m"]}
        whole = {**assumed, "init_level": figures.get("max_level", ASSUMED["tank_m"]) / 2, **figures}
        return whole

    def _link(self, link: LinkRow) -> dict[str, Any]:
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

    def _controls(self, controls: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Keep the controls whose elements are still here by the names they had."""
        there = {*self.nodes.values(), *self.links.values()}
        kept = []
        for control in controls:
            said = [control["condition"], *control["then_actions"], *(control.get("else_actions") or ())]
            if all(name in there for text in said for name in NAMED.findall(text)):
                kept.append(dict(control))
            else:
                self.assumed["control_left_out"] += 1
        return kept


def _demands(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Say what a junction draws: by pattern as read, brought to the sum that people may have edited since."""
    total = float(attributes.get("base_demand_m3_h") or 0.0)
    by_pattern: Mapping[str, float] = attributes.get("demands") or {"": total}
    share = total / held if (held := sum(by_pattern.values())) else 1.0
    return [
        {"base_val": value * share / SECONDS, "pattern_name": pattern or None}
        for pattern, value in by_pattern.items()
    ]
