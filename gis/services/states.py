"""Change the state of valves, switches and the like; the newest by device time wins and says its source."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from backend.core.errors import InvalidInput
from gis.domain.rows import LinkState
from gis.errors import NoSuchElement
from gis.models import Link, StateSource
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
        raise InvalidInput(errors={"state": [f"{state} ({source})"]})
    link = Link.objects.select_for_update(of=("self",)).select_related("network").filter(pk=link_id).first()
    if link is None:
        raise NoSuchElement
    if link.state_at is not None and link.state_at >= at:
        return False
    Link.objects.filter(pk=link_id).update(state=state, state_source=source, state_at=at)
    if link.state == state:
        return False
    touch_topology(link.network, "links")
    return True
