"""A network as it stood a moment ago, before what was switched since: what an event began in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from gis.domain.graph import BARRIER_KINDS
from gis.models import Link, LinkEvent
from gis.queries.topology import KnownNetwork


def as_it_stood(known: KnownNetwork, at: datetime) -> KnownNetwork:
    """Return a network with its valves and switches in the states they were in at a recent instant."""
    states = _states_at(known, at)
    return replace(known, graph=known.graph.with_states(states)) if states else known


def _states_at(known: KnownNetwork, at: datetime) -> Mapping[int, str]:
    """Return the states at an instant of what has been switched since; an event keeps the row as it was."""
    switches = Link.objects.filter(network_id=known.id, kind__in=BARRIER_KINDS, state_at__gt=at)
    events = LinkEvent.objects.filter(
        pgh_obj_id__in=switches.values("pk"), pgh_label="update", pgh_created_at__gt=at
    )
    return dict(events.order_by("-pgh_id").values_list("pgh_obj_id", "state"))
