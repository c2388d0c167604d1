"""Write rows of a network in bulk: COPY to a staging table, then one merge on codes.

A row whose content is the one last imported is left alone, and so is one that people edited since; both are
counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from hashlib import blake2b
from typing import Any

import orjson
from django.db import connection

from gis.domain.rows import ConnectionPointRow, LinkRow, NodeRow, Position
from gis.errors import UnknownElements
from gis.models import Network
from gis.statements import statement


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows were new, changed, the same as before, or kept because people edited them."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated)

    def __add__(self, other: Written) -> Written:
        return Written(*map(sum, zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class _Target:
    """Where rows of one kind go: staging table, table, and the condition that names the same row."""

    stage: str
    table: str
    same: str


NODES = _Target("nodes", "gis_node", "held.kind = staged.kind AND held.code = staged.code")
LINKS = _Target("links", "gis_link", "held.kind = staged.kind AND held.code = staged.code")
POINTS = _Target("points", "gis_connectionpoint", "held.code = staged.code")


def write_nodes(network: Network, rows: Sequence[NodeRow]) -> Written:
    """Write nodes placed in EPSG:4326. Must run in a transaction."""
    return _write(NODES, network, [_node(row) for row in rows])


def write_links(network: Network, rows: Sequence[LinkRow]) -> Written:
    """Write links placed in EPSG:4326 whose ends are already in the network. Must run in a transaction.

    Raises:
        UnknownElements: an end names no node of the network.
    """
    return _write(LINKS, network, [_link(row) for row in rows])


def write_points(network: Network, rows: Sequence[ConnectionPointRow]) -> Written:
    """Write connection points whose node (and link) are already in the network. Must run in a transaction.

    Raises:
        UnknownElements: a point names a node or a link that is not in the network.
    """
    return _write(POINTS, network, [_point(row) for row in rows])


def _write(target: _Target, network: Network, rows: list[tuple[Any, ...]]) -> Written:
    if not rows:
        return Written()
    staged = f"staged_{target.stage.removesuffix('s')}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {staged}")
        cursor.execute(statement(__file__, f"stage_{target.stage}"))
        with cursor.copy(f"COPY {staged} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"ANALYZE {staged}")
        kept, same = _already_there(cursor, target, staged, network)
        cursor.execute(statement(__file__, f"merge_{target.stage}"), {"network": network.pk})
        created = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"DROP TABLE {staged}")
    if len(created) + kept + same != len(rows):
        raise UnknownElements
    return Written(sum(created), len(created) - sum(created), same, kept)


def _already_there(cursor: Any, target: _Target, staged: str, network: Network) -> tuple[int, int]:
    """Count the staged rows that the merge will leave: edited since imported, and the same as before."""
    # Table names come from the three targets above.
    counting = statement(__file__, "count_staged").format(staged=staged, table=target.table, same=target.same)
    cursor.execute(counting, {"network": network.pk})
    kept, same = cursor.fetchone()
    return kept, same


def _node(row: NodeRow) -> tuple[Any, ...]:
    return _sealed(
        (
            row.code,
            row.kind,
            _point_text(row.position),
            row.elevation_m,
            row.is_source,
            _json(row.attributes),
            row.synthetic,
        )
    )


def _link(row: LinkRow) -> tuple[Any, ...]:
    line = ",".join(f"{x:.9f} {y:.9f}" for x, y in row.line)
    return _sealed(
        (
            row.code,
            row.kind,
            *row.start,
            *row.end,
            f"LINESTRING({line})",
            row.length_m,
            row.diameter_mm,
            str(row.state),
            row.operable,
            _json(row.attributes),
            row.synthetic,
        )
    )


def _point(row: ConnectionPointRow) -> tuple[Any, ...]:
    return _sealed(
        (
            row.code,
            *row.node,
            *(row.link or (None, None)),
            _point_text(row.position),
            row.category,
            row.critical_kind,
            row.address,
            _json(row.attributes),
            row.synthetic,
        )
    )


def _sealed(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Append the digest by which the same row is known when it comes again."""
    digest = blake2b(orjson.dumps(values), digest_size=16).hexdigest()
    return (*values, digest)


def _point_text(position: Position) -> str:
    return f"POINT({position[0]:.9f} {position[1]:.9f})"


def _json(attributes: Any) -> str:
    return orjson.dumps(dict(attributes), option=orjson.OPT_SORT_KEYS).decode()
