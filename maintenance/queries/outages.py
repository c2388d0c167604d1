"""What anyone may know of the failures that run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from maintenance import labels
from maintenance.models import Incident

PUBLIC_STATES = ("confirmed", "isolated", "repairing")


@dataclass(frozen=True, slots=True)
class PublicOutage:
    """A confirmed failure, by zone: no code, no exact place. `affected` counts connection points."""

    utility: str
    zone: str | None
    zone_name: str
    state_label: str
    since: datetime
    expected_at: datetime | None
    affected: int


def public_outages(limit: int = 20) -> list[PublicOutage]:
    """Return the confirmed failures, the newest first."""
    found = Incident.objects.filter(state__in=PUBLIC_STATES).select_related("zone")
    return [
        PublicOutage(
            utility=incident.utility,
            zone=incident.zone.code if incident.zone else None,
            zone_name=incident.zone.name if incident.zone else "",
            state_label=labels.incident_state(incident.state),
            since=incident.opened_at,
            expected_at=incident.expected_at,
            affected=incident.affected_count,
        )
        for incident in found.order_by("-opened_at")[:limit]
    ]
