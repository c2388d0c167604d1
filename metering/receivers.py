"""One line for each event this app follows."""

from __future__ import annotations

from backend.core.models import OutboxEvent
from backend.core.services.outbox import subscribe
from metering.services import zone_figures


@subscribe("gis.memberships_changed", consumer="metering.follow_memberships")
def on_memberships_changed(event: OutboxEvent) -> None:
    zone_figures.mark_zones(event.payload["zones"])
