"""Divide pipes and lines by the devices drawn on them as points, a set at a time.

A device takes half a metre of its pipe, less of a short one; lengths are shared out, so that their sum stays.
The first part keeps the pipe's code, the others are named after the pipe and the device before them
(`P1~V1`), the nodes after the device (`V1~1`, `V1~2`). At a node a device stands between that and the end of
the pipe. Everything here runs in the caller's transaction, on temporary tables.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db import connection

from gis.domain.rows import NodeKind, Reason
from gis.models import ImportRecord, Network
from gis.services.staging import DEVICES, Refused, Written, count_held, opened
from gis.statements import statement

AT_NODE_M = 0.05
EQUALLY_M = 0.01
APART_M = 0.02
REACH_M = 0.25
"""How near its end a pipe is at the node; what is as near; what is one place; half of a device's length."""

MORE = (
    "({table}.created_in_id IS DISTINCT FROM %(record)s AND NOT EXISTS ("
    "SELECT FROM {table}event AS was WHERE was.pgh_obj_id = {table}.id AND was.pgh_context ? 'import_id'"
    " AND was.pgh_context ->> 'import_id' = %(record)s::text))::integer"
)
"""One version more, unless this same import wrote the row already: it counts as one change."""
EDITED = "WHEN gis_link.version <> gis_link.imported_version"

Told = list[tuple[Reason, Refused]]


class Dividing:
    """The devices of one layer, or the pipes that came whole again, on the way into a network."""

    def __init__(self, network: Network, record: ImportRecord, tolerance_m: float = 0.0) -> None:
        self.network = network
        electric = network.utility == "electricity"
        self.values: dict[str, Any] = {
            "network": network.pk,
            "record": record.pk,
            "tolerance_m": tolerance_m,
            "tolerance": f"{tolerance_m:g} m",
            "node_kind": (NodeKind.BUS if electric else NodeKind.JUNCTION).value,
            "at_node_m": AT_NODE_M,
            "equally_m": EQUALLY_M,
            "apart_m": APART_M,
            "reach_m": REACH_M,
        }

    def find(self) -> Told:
        """Choose the pipe of each staged device that has none; take out those for which there is not one."""
        self._make("waiting_device", "wait_devices")
        self._make("near_host", "near_hosts")
        self._make("asked_host", "ask_hosts")
        self._make("host", "gather_hosts")
        self._make("chosen_host", "choose_hosts")
        refused = _by_reason(self._run("judge_hosts"))
        self._make("placed_device", "place_devices")
        refused += _by_reason(self._run("judge_places"))
        self._run("settle_placed")
        return refused

    def told(self) -> Told:
        """Say which pipes new devices divide, and which were put at a node."""
        return _by_reason(self._run("told_devices"))

    def write(self) -> dict[str, Written]:
        """Write the devices; tell what became of them, of nodes and of the parts of pipes."""
        _, kept, same = count_held(DEVICES, DEVICES.staged, self.network)
        updated = self._run("update_devices")[0][0]
        nodes, made, parts = self._divide()
        return {"nodes": nodes, "links": Written(made, updated, same, kept), "parts": parts}

    def find_redrawn(self) -> bool:
        """Find the divided pipes among resolved links that come whole and changed; say if there are any."""
        self._make("asked_host", "redrawn_hosts")
        return bool(self._run("any_asked"))

    def write_redrawn(self) -> dict[str, Written]:
        """Divide the pipes found above anew, now that they are written whole."""
        with opened(DEVICES):
            self._make("waiting_device", "wait_devices")
            self._make("near_host", "near_hosts")
            self._make("host", "gather_hosts")
            self._make("chosen_host", "choose_hosts")
            self._make("placed_device", "place_devices")
            nodes, _, parts = self._divide()
        return {"nodes": nodes, "parts": parts}

    def _divide(self) -> tuple[Written, int, Written]:
        self._make("cut", "cut_hosts")
        ((made, moved),) = self._run("write_nodes", table="gis_node")
        self._make("piece", "cut_pieces")
        ((devices, parts, shortened),) = self._run("write_pieces", table="gis_link")
        self._run("move_points", table="gis_connectionpoint")
        self._run("remember_devices")
        return Written(made, moved), devices, Written(parts, shortened)

    def _make(self, table: str, name: str) -> None:
        """Fill a temporary table anew."""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
        self._run(name)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {table}")

    def _run(self, name: str, table: str = "") -> list[tuple[Any, ...]]:
        """Run a statement of this package, its rows of `table` one version further."""
        sql = statement(__file__, name)
        if table:
            sql = sql.replace("{more}", MORE.format(table=table)).replace("{edited}", EDITED)
        with connection.cursor() as cursor:
            cursor.execute(sql, self.values)
            return cursor.fetchall() if cursor.description else []


def _by_reason(rows: list[tuple[Any, ...]]) -> Told:
    """Group rows of reason, times and what names a row: each reason with its count and its first rows."""
    return [
        (Reason(reason), (times, [row[2:] for row in group]))
        for (reason, times), group in groupby(rows, key=lambda row: (row[0], row[1]))
    ]
