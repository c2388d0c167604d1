"""Write rows of a network that are at hand: one COPY to a stage, then one merge on codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from gis.domain.rows import ConnectionPointRow, LinkRow, NodeRow, Position
from gis.errors import UnknownElements
from gis.models import ImportRecord, Network
from gis.services.staging import (
    LINKS,
    NODES,
    POINTS,
    Stage,
    Written,
    copy_rows,
    merge,
    opened,
    refuse,
    resolve,
)

NODE_COLUMNS = ("code", "kind", "geom", "elevation_m", "is_source", "attributes", "synthetic")
LINK_COLUMNS = (
    *("code", "kind", "start_kind", "start_code", "end_kind", "end_code", "geom", "length_m", "diameter_mm"),
    *("state", "operable", "attributes", "synthetic"),
)
POINT_COLUMNS = (
    *("code", "node_kind", "node_code", "link_kind", "link_code", "geom", "category", "critical_kind"),
    *("address", "attributes", "synthetic"),
)
__all__ = ["Written", "write_links", "write_nodes", "write_points"]

UNKNOWN_ENDS = "start_node_id IS NULL OR end_node_id IS NULL"
UNKNOWN_PLACES = "node_id IS NULL AND node_code IS NOT NULL OR link_id IS NULL AND link_code IS NOT NULL"


def write_nodes(network: Network, rows: Sequence[NodeRow], record: ImportRecord | None = None) -> Written:
    """Write nodes placed in EPSG:4326. Must run in a transaction."""
    if not rows:
        return Written()
    with opened(NODES):
        copy_rows(NODES, NODE_COLUMNS, map(_node, rows))
        return merge(NODES, network, record)


def write_links(network: Network, rows: Sequence[LinkRow], record: ImportRecord | None = None) -> Written:
    """Write links placed in EPSG:4326 whose ends are already in the network. Must run in a transaction.

    Raises:
        UnknownElements: an end names no node of the network.
    """
    return _write(LINKS, LINK_COLUMNS, [_link(row) for row in rows], UNKNOWN_ENDS, network, record)


def write_points(
    network: Network, rows: Sequence[ConnectionPointRow], record: ImportRecord | None = None
) -> Written:
    """Write connection points whose node (and link) are already in the network. Must run in a transaction.

    Raises:
        UnknownElements: a point names a node or a link that is not in the network.
    """
    return _write(POINTS, POINT_COLUMNS, [_point(row) for row in rows], UNKNOWN_PLACES, network, record)


def _write(
    stage: Stage,
    columns: Sequence[str],
    rows: list[tuple[Any, ...]],
    unknown: str,
    network: Network,
    record: ImportRecord | None,
) -> Written:
    if not rows:
        return Written()
    with opened(stage):
        copy_rows(stage, columns, rows)
        resolve(stage, network)
        missing, _ = refuse(stage.ready, unknown, kind=stage.kind)
        if missing:
            raise UnknownElements
        return merge(stage, network, record)


def _node(row: NodeRow) -> tuple[Any, ...]:
    return (
        row.code,
        row.kind,
        _point_text(row.position),
        row.elevation_m,
        row.is_source,
        _json(row.attributes),
        row.synthetic,
    )


def _link(row: LinkRow) -> tuple[Any, ...]:
    line = ",".join(f"{x:.9f} {y:.9f}" for x, y in row.line)
    return (
        row.code,
        row.kind,
        *row.start,
        *row.end,
        f"SRID=4326;LINESTRING({line})",
        row.length_m,
        row.diameter_mm,
        str(row.state),
        row.operable,
        _json(row.attributes),
        row.synthetic,
    )


def _point(row: ConnectionPointRow) -> tuple[Any, ...]:
    return (
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


def _point_text(position: Position) -> str:
    return f"SRID=4326;POINT({position[0]:.9f} {position[1]:.9f})"


def _json(attributes: Any) -> str:
    return orjson.dumps(dict(attributes), option=orjson.OPT_SORT_KEYS).decode()
