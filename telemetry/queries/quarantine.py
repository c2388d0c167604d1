"""Read what is held of devices whose clock was off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min

from telemetry.models import Device, QuarantinedReading, QuarantineState


@dataclass(frozen=True, slots=True)
class Held:
    """The readings held of a device: how many, of when by its clock and by ours, and the last of them."""

    count: int
    first_at: datetime | None
    last_at: datetime | None
    first_received_at: datetime | None
    last_received_at: datetime | None
    newest: list[Any]

    @property
    def lead(self) -> timedelta | None:
        """Return how far ahead the newest was dated (negative: behind)."""
        return self.newest[0].at - self.newest[0].received_at if self.newest else None


def held_of(device: Device, *, limit: int) -> Held:
    """Return what is held of a device, with its newest readings by receipt."""
    held = QuarantinedReading.objects.filter(device=device, state=QuarantineState.HELD)
    sums = held.aggregate(
        count=Count("pk"),
        first_at=Min("at"),
        last_at=Max("at"),
        first_received_at=Min("received_at"),
        last_received_at=Max("received_at"),
    )
    return Held(**sums, newest=list(held.select_related("sensor").order_by("-pk")[:limit]))
