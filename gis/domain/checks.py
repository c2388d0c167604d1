"""What is wrong with the rows of a network, row by row, before anything is written."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import TypeVar

from gis.domain.rows import (
    CONDUITS,
    ConnectionPointRow,
    Key,
    LinkRow,
    LinkState,
    NetworkRows,
    NodeRow,
    Position,
    Reason,
    RowError,
)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def check_rows(rows: NetworkRows) -> list[RowError]:
    """List every refused row of `rows`, the reader's own refusals first."""
    errors = list(rows.errors)
    known = {node.key for node in rows.nodes}
    links = {link.key for link in rows.links}
    errors += _duplicates("node", (node.key for node in rows.nodes))
    errors += _duplicates("link", (link.key for link in rows.links))
    errors += _duplicates("connection point", (("", point.code) for point in rows.connection_points))
    for node in rows.nodes:
        errors += _node_errors(node)
    for link in rows.links:
        errors += _link_errors(link, known)
    for point in rows.connection_points:
        errors += _point_errors(point, known, links)
    return errors


def without_refused(rows: NetworkRows, errors: Iterable[RowError]) -> NetworkRows:
    """Keep the sound rows: each code once, and no link or point that hangs on a refused row."""
    refused = {error.row for error in errors if error.reason is not Reason.DUPLICATE}
    nodes = _firsts((node.key, node) for node in rows.nodes if label(node.key) not in refused)
    links = _firsts(
        (link.key, link)
        for link in rows.links
        if label(link.key) not in refused and link.start in nodes and link.end in nodes
    )
    points = _firsts(
        (point.code, point)
        for point in rows.connection_points
        if label(("connection point", point.code)) not in refused
        and point.node in nodes
        and (point.link is None or point.link in links)
    )
    return replace(
        rows,
        nodes=tuple(nodes.values()),
        links=tuple(links.values()),
        connection_points=tuple(points.values()),
        errors=(),
    )


def _firsts(pairs: Iterable[tuple[K, V]]) -> dict[K, V]:
    """Keep the first value of each key."""
    kept: dict[K, V] = {}
    for key, value in pairs:
        kept.setdefault(key, value)
    return kept


def label(key: Key) -> str:
    """Name a row the way reports show it: `pipe p12`."""
    return " ".join(part for part in key if part)


def _duplicates(what: str, keys: Iterable[Key]) -> list[RowError]:
    return [
        RowError(label(key) if key[0] else f"{what} {key[1]}", Reason.DUPLICATE, str(times))
        for key, times in Counter(keys).items()
        if times > 1
    ]


def _node_errors(node: NodeRow) -> list[RowError]:
    if not node.code:
        return [RowError(label(node.key), Reason.NO_CODE)]
    if not _is_place(node.position):
        return [RowError(label(node.key), Reason.NO_GEOMETRY)]
    return []


def _link_errors(link: LinkRow, known: set[Key]) -> list[RowError]:
    row = label(link.key)
    errors = []
    if not link.code:
        errors.append(RowError(row, Reason.NO_CODE))
    missing = [end for end in (link.start, link.end) if end not in known]
    errors += [RowError(row, Reason.DANGLING, label(end)) for end in missing]
    if link.start == link.end:
        errors.append(RowError(row, Reason.SELF_LOOP, label(link.start)))
    elif not missing and (len(link.line) < 2 or not all(map(_is_place, link.line))):
        errors.append(RowError(row, Reason.NO_GEOMETRY))
    elif not missing and _is_zero(link):
        errors.append(RowError(row, Reason.ZERO_LENGTH))
    if link.state not in set(LinkState):
        errors.append(RowError(row, Reason.UNKNOWN_STATE, link.state))
    return errors


def _point_errors(point: ConnectionPointRow, nodes: set[Key], links: set[Key]) -> list[RowError]:
    row = label(("connection point", point.code))
    if not _is_place(point.position):
        return [RowError(row, Reason.NO_GEOMETRY)]
    if point.node not in nodes:
        return [RowError(row, Reason.DANGLING, label(point.node))]
    if point.link is not None and point.link not in links:
        return [RowError(row, Reason.DANGLING, label(point.link))]
    return []


def _is_place(position: Position) -> bool:
    return len(position) == 2 and all(math.isfinite(value) for value in position)


def _is_zero(link: LinkRow) -> bool:
    drawn = any(position != link.line[0] for position in link.line)
    declared = link.length_m is None or link.length_m > 0
    return not drawn or (link.kind in CONDUITS and not declared)
