"""One line for each event this app follows."""

from __future__ import annotations

from typing import Any

import structlog
from django.dispatch import receiver

from backend.core.models import OutboxEvent
from backend.core.services.outbox import subscribe
from gis.events import network_changed
from maintenance import services, tasks

log = structlog.get_logger(__name__)


@subscribe("telemetry.alarm_changed", consumer="maintenance.propose_from_alarm")
def on_alarm_changed(event: OutboxEvent) -> None:
    services.consider_alarm(event.payload.get("alarm_id") or event.payload["id"])


@subscribe("maintenance.report_changed", consumer="maintenance.propose_from_report")
def on_report_changed(event: OutboxEvent) -> None:
    services.consider_report(event.payload["id"])


@subscribe("maintenance.report_changed", consumer="maintenance.catch_up_report")
def on_report_linked(event: OutboxEvent) -> None:
    services.follow_report(event.payload["id"])


@subscribe("maintenance.incident_changed", consumer="maintenance.follow_incident")
def on_incident_changed(event: OutboxEvent) -> None:
    services.follow_incident(event.payload["id"])


@subscribe("maintenance.order_changed", consumer="maintenance.follow_order")
def on_order_changed(event: OutboxEvent) -> None:
    services.follow_order(event.payload["id"])


@receiver(network_changed, dispatch_uid="maintenance.refresh_groups")
def on_network_changed(network_id: int, **kwargs: Any) -> None:
    """May be lost: without a broker the groups are named again at the next change."""
    try:
        tasks.refresh_groups.apply_async((network_id,), retry=False)
    except Exception as error:
        log.warning("refresh_groups_not_queued", network=network_id, error=type(error).__name__)
