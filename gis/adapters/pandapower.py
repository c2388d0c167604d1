"""Read pandapower networks saved as JSON.

Codes are `{kind}-{index}`, since names repeat. A switch between a bus and a line or a transformer becomes a
link between the bus and a junction of its own, one metre down the line: that is where the cable really
ends.
"""

from __future__ import annotations

import json
import math
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

from gis.domain.lines import cut
from gis.domain.lines import length as line_length
from gis.domain.rows import (
    ConnectionPointRow,
    Key,
    LinkKind,
    LinkRow,
    LinkState,
    NetworkRows,
    NodeKind,
    NodeRow,
    Position,
    Reason,
    RowError,
    UnreadableNetworkError,
)
from gis.domain.sentences import gettext_noop

STUB_SHARE = 0.25
"""Most of a line that the stub of a switch may take."""

METRES_PER_DEGREE = 111_320.0
CATEGORIES = {
    "HH": "residential",
    "residential": "residential",
    "commercial": "commercial",
    "industrial": "industrial",
}


def read_pandapower(path: Path) -> NetworkRows:
    """Read the JSON file at `path`; geometry in degrees is recognised and declared.

    Raises:
        UnreadableNetworkError: the file is missing or is not a pandapower network.
    """
    import pandapower

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            net = pandapower.from_json(str(path))
        # from_json hands back whatever JSON holds: a list, a string, a frame.
        tables = net.bus, net.line, net.trafo, net.switch, net.load, net.ext_grid
    except Exception as error:
        text = gettext_noop("it is no pandapower network: %(error)s")
        raise UnreadableNetworkError(text, error=f"{type(error).__name__}: {error}") from error
    if not len(tables[0]):
        raise UnreadableNetworkError(gettext_noop("it holds no buses"))
    return _Reader(*tables).read()


class _Reader:
    """One pass over the tables; each kind of element adds its rows."""

    def __init__(self, bus: Any, line: Any, trafo: Any, switch: Any, load: Any, ext_grid: Any) -> None:
        self.tables = {"bus": bus, "line": line, "trafo": trafo, "switch": switch, "load": load}
        self.external = set(ext_grid[ext_grid.in_service].bus)
        self.places: dict[int, Position] = {}
        self.nodes: dict[Key, NodeRow] = {}
        self.links: dict[Key, LinkRow] = {}
        self.points: list[ConnectionPointRow] = []
        self.errors: list[RowError] = []

    def read(self) -> NetworkRows:
        for row in self.tables["bus"].itertuples():
            self._bus(row)
        degrees = all(abs(x) <= 180 and abs(y) <= 90 for x, y in self.places.values())
        self.metre = 1 / METRES_PER_DEGREE if degrees else 1.0
        for row in self.tables["line"].itertuples():
            self._line(row)
        for row in self.tables["trafo"].itertuples():
            self._transformer(row)
        for row in self.tables["switch"].itertuples():
            self._switch(row)
        for row in self.tables["load"].itertuples():
            self._load(row)
        return NetworkRows(
            utility="electricity",
            nodes=tuple(self.nodes.values()),
            links=tuple(self.links.values()),
            connection_points=tuple(self.points),
            coordinate_unit="deg" if degrees else None,
            errors=tuple(self.errors),
        )

    def _bus(self, row: Any) -> None:
        place = _positions(row.geo)
        if not place:
            self.errors.append(RowError(f"bus bus-{row.Index}", Reason.NO_GEOMETRY, str(row.name or "")))
            return
        self.places[row.Index] = place[0]
        key = _bus_key(row.Index)
        self.nodes[key] = NodeRow(
            code=key[1],
            kind=key[0],
            position=place[0],
            is_source=row.Index in self.external,
            attributes={"name": _text(row.name), "nominal_kv": float(row.vn_kv)},
        )

    def _line(self, row: Any) -> None:
        self._add(
            LinkRow(
                code=f"line-{row.Index}",
                kind=LinkKind.LINE.value,
                start=_bus_key(row.from_bus),
                end=_bus_key(row.to_bus),
                line=_positions(row.geo) or self._between(row.from_bus, row.to_bus),
                length_m=round(float(row.length_km) * 1000, 3),
                state=_state(row.in_service),
                attributes={
                    "name": _text(row.name),
                    "type": _text(row.std_type),
                    "max_a": round(row.max_i_ka * 1000, 1),
                    "nominal_kv": float(self.tables["bus"].vn_kv.at[row.from_bus]),
                },
            )
        )

    def _transformer(self, row: Any) -> None:
        self._add(
            LinkRow(
                code=f"transformer-{row.Index}",
                kind=LinkKind.TRANSFORMER.value,
                start=_bus_key(row.hv_bus),
                end=_bus_key(row.lv_bus),
                line=self._between(row.hv_bus, row.lv_bus),
                state=_state(row.in_service),
                attributes={
                    "name": _text(row.name),
                    "rated_kva": round(float(row.sn_mva) * 1000, 1),
                    "high_kv": float(row.vn_hv_kv),
                    "low_kv": float(row.vn_lv_kv),
                },
            )
        )

    def _switch(self, row: Any) -> None:
        code = f"switch-{row.Index}"
        if row.et == "b":
            end, line = _bus_key(row.element), self._between(row.bus, row.element)
        else:
            joint = self._joint(row, code)
            if joint is None:
                return
            end, line = joint
        self._add(
            LinkRow(
                code=code,
                kind=LinkKind.SWITCH.value,
                start=_bus_key(row.bus),
                end=end,
                line=line,
                state=_state(row.closed),
                operable=True,
                attributes={"type": _text(row.type)},
            )
        )

    def _joint(self, row: Any, code: str) -> tuple[Key, tuple[Position, ...]] | None:
        """End the switched line or transformer at a junction of its own, and lead the switch there."""
        prefix = {"l": LinkKind.LINE, "t": LinkKind.TRANSFORMER}.get(row.et)
        key = (prefix.value, f"{prefix.value}-{row.element}") if prefix else ("", str(row.element))
        switched = self.links.get(key)
        bus = _bus_key(row.bus)
        if switched is None or bus not in (switched.start, switched.end):
            self.errors.append(RowError(f"switch {code}", Reason.DANGLING, key[1]))
            return None
        joint = (NodeKind.JUNCTION.value, f"{code}-end")
        stub = min(self.metre, STUB_SHARE * line_length(switched.line))
        at_start = switched.start == bus
        place = self._shorten(switched, joint, stub, at_start=at_start)
        self.nodes[joint] = NodeRow(code=joint[1], kind=joint[0], position=place, attributes={"of": key[1]})
        return joint, (self.places.get(int(row.bus), place), place)

    def _shorten(self, link: LinkRow, joint: Key, stub: float, *, at_start: bool) -> Position:
        if at_start:
            _, rest = cut(link.line, stub)
            self.links[link.key] = replace(link, start=joint, line=rest)
            return rest[0]
        rest, _ = cut(link.line, line_length(link.line) - stub)
        self.links[link.key] = replace(link, end=joint, line=rest)
        return rest[-1]

    def _load(self, row: Any) -> None:
        code = f"E-{row.Index:05d}"
        if int(row.bus) not in self.places:
            self.errors.append(RowError(f"connection point {code}", Reason.DANGLING, f"bus bus-{row.bus}"))
            return
        self.points.append(
            ConnectionPointRow(
                code=code,
                node=_bus_key(row.bus),
                position=self.places[int(row.bus)],
                category=CATEGORIES.get(_text(row.type), "residential"),
                attributes={"name": _text(row.name), "load_kw": round(float(row.p_mw) * 1000, 3)},
            )
        )

    def _add(self, link: LinkRow) -> None:
        self.links[link.key] = link

    def _between(self, start: int, end: int) -> tuple[Position, ...]:
        """Draw a device between two buses; a small hook where both stand in one place."""
        if int(start) not in self.places or int(end) not in self.places:
            return ()
        a, b = self.places[int(start)], self.places[int(end)]
        return (a, b) if a != b else (a, (a[0] + self.metre, a[1]), b)


def _bus_key(index: Any) -> Key:
    return NodeKind.BUS.value, f"bus-{int(index)}"


def _state(in_service: Any) -> str:
    """Read whether current passes: out of service is an open circuit."""
    return (LinkState.CLOSED if in_service else LinkState.OPEN).value


def _positions(geo: Any) -> tuple[Position, ...]:
    """Read a GeoJSON point or line; nothing where there is none."""
    if not isinstance(geo, str) or not geo:
        return ()
    coordinates = json.loads(geo).get("coordinates") or ()
    if coordinates and not isinstance(coordinates[0], list):
        coordinates = [coordinates]
    return tuple((float(p[0]), float(p[1])) for p in coordinates if all(map(math.isfinite, p[:2])))


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)
