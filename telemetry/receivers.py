"""One line for each event this app follows."""

from __future__ import annotations

from backend.core.models import OutboxEvent
from backend.core.services.outbox import subscribe
from telemetry.domain.alarm_states import ACTIVE, NORMAL
from telemetry.services.alarms import TOPIC, close_group_of, group_alarm


@subscribe(TOPIC, consumer="telemetry.group_alarm")
def on_alarm_changed(event: OutboxEvent) -> None:
    """Group what rises, and close the group of what ends; what only announces is nothing new."""
    came_from, to = event.payload["from"], event.payload["to"]
    if to == ACTIVE and came_from != ACTIVE:
        group_alarm(event.payload["id"])
    elif to == NORMAL:
        close_group_of(event.payload["id"])
