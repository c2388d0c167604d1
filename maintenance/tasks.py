"""Work for Celery: ids in, one service call."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from maintenance import services

SCHEDULE: dict[str, Any] = {
    "maintenance.forget_reporters": {"task": "maintenance.forget_reporters", "schedule": 24 * 3600.0},
}


@shared_task(name="maintenance.refresh_groups")
def refresh_groups(network_id: int) -> None:
    """Name again the supply groups of what is open on a network."""
    services.refresh_groups(network_id)


@shared_task(name="maintenance.forget_reporters")
def forget_reporters() -> None:
    """Erase who filed the reports that ended a year ago."""
    services.forget_reporters()
