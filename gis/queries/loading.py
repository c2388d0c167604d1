"""Read nodes and links into arrays by binary COPY."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from django.db import connection

from gis.domain.graph import LINK_KINDS, NODE_KINDS, STATES, Rows, link_dtype, node_dtype
from gis.statements import statement

HEADER, TRAILER = 19, 2
COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    "graph_nodes": (("id", ">i8"), ("kind", ">i2"), ("source", "?")),
    "graph_links": (
        *(("id", ">i8"), ("start", ">i8"), ("end", ">i8"), ("length_m", ">f4"), ("kind", ">i2")),
        *(("state", ">i2"), ("operable", "?"), ("one_way", "?"), ("stale", "?")),
    ),
}


def read_nodes(*, network_id: int | None = None, ids: Collection[int] = ()) -> Rows:
    """Read the nodes of a network, or those of some ids, as rows of `node_dtype` sorted by id."""
    return _read("graph_nodes", "gis_node", node_dtype, network_id, ids)


def read_links(*, network_id: int | None = None, ids: Collection[int] = ()) -> Rows:
    """Read the links of a network, or those of some ids, as rows of `link_dtype` sorted by id."""
    return _read("graph_links", "gis_link", link_dtype, network_id, ids)


def _read(name: str, table: str, dtype: Any, network_id: int | None, ids: Collection[int]) -> Rows:
    which = "id = ANY(%(ids)s)" if network_id is None else "network_id = %(network)s"
    values: dict[str, Any] = {
        "ids": list(ids),
        "network": network_id,
        "node_kinds": list(NODE_KINDS),
        "link_kinds": list(LINK_KINDS),
        "states": list(STATES),
    }
    with connection.cursor() as cursor:
        # `table` and `which` are the words above.
        widest = f"SELECT coalesce(max(octet_length(code)), 1) FROM {table} WHERE {which}"  # noqa: S608
        cursor.execute(widest, values)
        values["wide"] = cursor.fetchone()[0]
        data = bytearray()
        with cursor.copy(statement(__file__, name).format(which=which), values) as copy:
            for block in copy:
                data += block
    return _rows(memoryview(data)[HEADER:-TRAILER], COLUMNS[name], values["wide"], dtype)


def _rows(data: memoryview, columns: tuple[tuple[str, str], ...], wide: int, dtype: Any) -> Rows:
    """Take rows of PostgreSQL's binary format apart: each field stands behind its length in four bytes."""
    described: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in (*columns, ("code", f"S{wide}")):
        described += [(f"length_of_{name}", ">i4"), (name, kind)]
    read = np.frombuffer(data, np.dtype(described))
    rows = np.empty(len(read), dtype(wide))
    for name in rows.dtype.names or ():
        rows[name] = read[name]
    return rows
