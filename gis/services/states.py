"""Change the state of valves, switches and the like; the newest by device time wins and says its source."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from backend.core.errors import InvalidInput
from gis.domain.rows import LinkState
from gis.errors import NoSuchElement
from gis.models import Link, Network, StateSource
from gis.services.freshness import touch_topology


@transaction.atomic
def set_link_state(*, link_id: int, state: str, at: datetime, source: str = "telemetry") -> bool:
    """Record that a link was seen in a state at an instant; return whether its state changed.

    What is older than the state known is ignored. Traces in every process see a change once it is committed.

    Raises:
        NoSuchElement: there is no such link.
        InvalidInput: no such state or source.
    """
    if state not in set(LinkState) or source not in StateSource.values:
        raise InvalidInput(errors={"state": [_("This value cannot be.")]})
    link = Link.objects.select_related("network").defer("geom", "geom_3857").filter(pk=link_id).first()
    if link is None:
        raise NoSuchElement
    older = Link.objects.filter(Q(state_at=None) | Q(state_at__lt=at), pk=link_id)
    seen = {"state": state, "state_source": source, "state_at": at}
    if older.filter(state=state).update(**seen) or (link.state_at is not None and link.state_at >= at):
        return False
    # Writers of a network lock it before its elements: so does this one.
    Network.objects.select_for_update().get(pk=link.network_id)
    if older.exclude(state=state).update(**seen):
        touch_topology(link.network, links=[link.pk])
        return True
    # Another who saw the same was first, between the two looks.
    older.update(**seen)
    return False
