"""Read which numbers of devices are missing, were filled, or were given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from gis.queries import within_jurisdiction
from telemetry.domain.sequences import MAX_ASKS
from telemetry.models import SequenceGap
from telemetry.models.scoping import Viewer

STATES = {
    "open": Q(filled_at=None, abandoned_at=None),
    "filled": Q(filled_at__isnull=False),
    "abandoned": Q(filled_at=None, abandoned_at__isnull=False),
}


@dataclass(frozen=True, slots=True)
class GapFact:
    """One hole in a device's numbering; `missing` is how many numbers are still absent."""

    id: int
    device: str
    first: int
    last: int
    missing: int
    ranges: list[tuple[int, int]]
    state: str
    asks: int
    detected_at: datetime
    asked_at: datetime | None
    next_ask_at: datetime | None
    filled_at: datetime | None


def gaps_for(user: Viewer, *, device: str = "", state: str = "") -> QuerySet[SequenceGap]:
    """Return the holes of the devices a person may see."""
    found = SequenceGap.objects.select_related("device")
    found = found.filter(within_jurisdiction(user, geom_field="device__geom"))
    if device:
        found = found.filter(device__code=device)
    return found.filter(STATES[state]) if state in STATES else found


def gap_fact(gap: SequenceGap) -> GapFact:
    """Return one hole as it is shown."""
    ranges = [(first, last) for first, last in gap.missing]
    state = "filled" if gap.filled_at else "abandoned" if gap.abandoned_at else "open"
    return GapFact(
        id=gap.pk,
        device=gap.device.code,
        first=gap.first,
        last=gap.last,
        missing=sum(last - first + 1 for first, last in ranges),
        ranges=ranges[:50],
        state=state,
        asks=gap.asks,
        detected_at=gap.detected_at,
        asked_at=gap.asked_at,
        next_ask_at=gap.next_ask_at if gap.asks < MAX_ASKS else None,
        filled_at=gap.filled_at,
    )
