"""The graph of each network, kept in memory by every process and brought up to date before every trace.

A version is one number, raised under the lock of the network's row: the order of versions is the order of
commits. Being up to date costs one small query; a change costs reading again the elements that it names.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from django.db import connection

from gis.domain.graph import NetworkGraph, UnknownElementError
from gis.errors import NoSuchNetwork
from gis.models import Network, TopologyChange
from gis.queries.loading import read_links, read_nodes
from gis.statements import statement


@dataclass(frozen=True, slots=True)
class KnownNetwork:
    """A network's graph at a version; `written_by` tells it from one of that number that was rolled back."""

    id: int
    code: str
    utility: str
    version: int
    written_by: str
    graph: NetworkGraph


@dataclass(frozen=True, slots=True)
class _Seen:
    id: int
    utility: str
    version: int
    written_by: str
    uncommitted: bool

    def is_of(self, known: KnownNetwork | None) -> bool:
        return known is not None and (known.id, known.version) == (self.id, self.version)


_known: dict[str, KnownNetwork] = {}
_own: dict[str, KnownNetwork] = {}
"""What a transaction sees of its own writing: it may be rolled back. The next look from outside ends it."""

_building = Lock()


def network_graph(code: str) -> KnownNetwork:
    """Return the graph of a network as this transaction sees it: never older than its last committed change.

    Raises:
        NoSuchNetwork: there is none of this code.
    """
    seen = _see(code)
    if seen.uncommitted:
        return _written_here(code, seen)
    _own.pop(code, None)
    known = _known.get(code)
    if known is not None and seen.is_of(known):
        return known
    with _building:
        seen = _see(code)
        known = _known.get(code)
        if known is None or not seen.is_of(known):
            known = _known[code] = _caught_up(code, known, seen)
        return known


def forget() -> None:
    """Forget every graph: the next trace of a network reads it whole."""
    with _building:
        _known.clear()
        _own.clear()


def read_ahead() -> None:
    """Read every network, and find what all traces ask: the first one is then as quick as the others."""
    for code in Network.objects.order_by("code").values_list("code", flat=True):
        graph = network_graph(code).graph
        _ = graph.supplied, graph.basins, graph.touching(graph.sources)


def _see(code: str) -> _Seen:
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, "network_seen"), {"code": code})
        row = cursor.fetchone()
    if row is None:
        raise NoSuchNetwork
    return _Seen(*row)


def _written_here(code: str, seen: _Seen) -> KnownNetwork:
    """Return a graph with what this transaction wrote, without showing it to others."""
    own = _own.get(code)
    if own is not None and seen.is_of(own) and own.written_by == seen.written_by:
        return own
    own = _own[code] = _caught_up(code, _known.get(code), seen)
    return own


def _caught_up(code: str, known: KnownNetwork | None, seen: _Seen) -> KnownNetwork:
    graph = None
    if known is not None and known.id == seen.id and known.version < seen.version:
        graph = _with_changes(known, seen)
    return KnownNetwork(seen.id, code, seen.utility, seen.version, seen.written_by, graph or _load(seen.id))


def _with_changes(known: KnownNetwork, seen: _Seen) -> NetworkGraph | None:
    """Apply the changes since the version known; None where they cannot be told one by one."""
    changes = TopologyChange.objects.filter(
        network_id=seen.id, version__gt=known.version, version__lte=seen.version
    )
    rows = [
        (version, scope, pk or 0)
        for version, scope, pk in changes.values_list("version", "scope", "element_id")
    ]
    told = {version for version, _, _ in rows}
    if len(told) != seen.version - known.version or any(scope == "all" for _, scope, _ in rows):
        return None
    named = {kind: {pk for _, scope, pk in rows if scope == kind} for kind in ("node", "link")}
    if not any(named.values()):
        return known.graph
    nodes, links = read_nodes(ids=named["node"]), read_links(ids=named["link"])
    gone = (
        sorted(named["node"] - set(nodes["id"].tolist())),
        sorted(named["link"] - set(links["id"].tolist())),
    )
    try:
        return known.graph.with_rows(nodes, links, gone=gone)
    except UnknownElementError:
        return None  # A later change moved an end meanwhile.


def _load(network_id: int) -> NetworkGraph:
    """Read a network whole. A link to a node that came meanwhile is left out: its version will bring both."""
    return NetworkGraph.of(read_nodes(network_id=network_id), read_links(network_id=network_id))
