"""The temporary tables that checks share: free ends, islands, meshes, points in no zone."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from django.db import connection

from gis.domain.connectivity import Ids, islands, meshes
from gis.services.quality.registry import Look
from gis.statements import statement

HEADER, TRAILER = 19, 2
"""Bytes around the rows of a binary COPY."""


def free_ends(look: Look) -> None:
    """Make `free_end (node_id, link_id)` and `free_end_near`, what such ends should perhaps be joined to."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS free_end, free_end_near")
        cursor.execute(statement(__file__, "free_ends_within" if look.box else "free_ends"), look.parameters)
        cursor.execute("ANALYZE free_end")
        cursor.execute(statement(__file__, "near_free_ends"), look.parameters)
        cursor.execute("ANALYZE free_end_near")


def zoneless(look: Look) -> None:
    """Make `zoneless (id, code, geom, zone_id, zone)`: connection points that are members of no zone."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS zoneless")
        cursor.execute(statement(__file__, "points_in_no_zone"), look.parameters)


def island_nodes(look: Look) -> None:
    """Make `island_node (node_id, part)`: nodes that no chain of links joins to a source."""
    nodes, sources = _columns("node_ids", 1, look)[:, 0], _columns("source_ids", 1, look)[:, 0]
    alone, part_of = islands(nodes, _columns("link_ends", 2, look), sources)
    _fill("island_node", ("node_id", "part"), zip(alone.tolist(), part_of.tolist(), strict=True))
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON island_node (node_id)")


def mesh_links(look: Look) -> None:
    """Make `mesh_link (link_id, mesh, loops)`: links that lie on a loop in the present states."""
    nodes, sources = _columns("node_ids", 1, look)[:, 0], _columns("source_ids", 1, look)[:, 0]
    links = _columns("conducting_ends", 3, look)
    looped, mesh_of, loops = meshes(nodes, links[:, 1:], sources)
    rows = zip(links[looped, 0].tolist(), mesh_of.tolist(), loops[mesh_of].tolist(), strict=True)
    _fill("mesh_link", ("link_id", "mesh", "loops"), rows)


def _columns(name: str, width: int, look: Look) -> Ids:
    """Read the `width` bigint columns of a statement by binary COPY into an array of shape (rows, width)."""
    row = np.dtype([("head", ">i2"), ("cells", [("size", ">i4"), ("value", ">i8")], (width,))])
    with connection.cursor() as cursor:
        query = f"COPY ({statement(__file__, name)}) TO STDOUT (FORMAT BINARY)"
        with cursor.copy(query, look.parameters) as copy:
            data = b"".join(bytes(block) for block in copy)
    rows = (len(data) - HEADER - TRAILER) // row.itemsize
    return np.frombuffer(data, row, rows, HEADER)["cells"]["value"].astype(np.int64)


def _fill(table: str, columns: tuple[str, ...], rows: Iterable[tuple[int, ...]]) -> None:
    """Make a temporary table of bigint columns and fill it."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({' bigint, '.join(columns)} bigint) ON COMMIT DROP")
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"ANALYZE {table}")
