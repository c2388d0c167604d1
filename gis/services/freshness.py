"""Tell traces and other processes that something changed, in the transaction that changes it.

Tiles and searches need not be told: triggers do it (`0008_tiles.sql`, `0030_words.sql`).
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from gis.events import network_changed
from gis.models import Link, Network, TopologyChange
from gis.statements import statement

MOST_NAMED = 20_000
"""Changed elements above which a version says `all`: reading the network whole is then quicker."""

DRAWN_WITHIN_M = 1.0
"""How far from its node a link may be drawn to end."""


def touch_topology(
    network: Network,
    *,
    nodes: Collection[int] | None = None,
    links: Collection[int] | None = None,
    points_alone: bool = False,
) -> None:
    """Raise the topology version of a network; signal it once committed.

    `nodes` and `links` are the ids of what was added, changed or removed: only these are read again by the
    graphs in memory. Without either, the whole network is, unless `points_alone` changed: connection points.
    """
    Network.objects.filter(pk=network.pk).update(topology_version=F("topology_version") + 1)
    version = Network.objects.values_list("topology_version", flat=True).get(pk=network.pk)
    TopologyChange.objects.bulk_create(
        (
            TopologyChange(network_id=network.pk, version=version, scope=scope, element_id=element)
            for scope, element in _changed(nodes, links, points_alone)
        ),
        batch_size=5000,
    )
    transaction.on_commit(partial(network_changed.send, sender=Network, network_id=network.pk))


def elements_edited(network: Network, *, nodes: Collection[int] = (), links: Collection[int] = ()) -> None:
    """Tell of nodes and links drawn or joined anew, and look where drawing and topology now differ.

    A link drawn to end more than `DRAWN_WITHIN_M` away from the node it is stored to end at makes a stale
    area, which traces warn of; one that ends at its nodes again settles its area.
    """
    values: dict[str, Any] = {"nodes": list(nodes), "links": list(links), "within": DRAWN_WITHIN_M}
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, "settle_stale_areas"), values)
        changed = {row[0] for row in cursor.fetchall()}
        cursor.execute(statement(__file__, "find_stale_areas"), values)
        changed |= {row[0] for row in cursor.fetchall()}
    joined = Link.objects.filter(Q(start_node__in=nodes) | Q(end_node__in=nodes)).values_list("pk", flat=True)
    touch_topology(network, nodes=nodes, links={*links, *changed, *joined})


def _changed(
    nodes: Collection[int] | None, links: Collection[int] | None, points_alone: bool
) -> list[tuple[str, int | None]]:
    scopes = TopologyChange.Scope
    if nodes is None and links is None:
        return [(scopes.NONE if points_alone else scopes.ALL, None)]
    named: list[tuple[str, int | None]] = [
        *((scopes.NODE, node) for node in nodes or ()),
        *((scopes.LINK, link) for link in links or ()),
    ]
    if len(named) > MOST_NAMED:
        return [(scopes.ALL, None)]
    return named or [(scopes.NONE, None)]
