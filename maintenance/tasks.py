"""Work for Celery: ids in, one service call."""

from __future__ import annotations

from celery import shared_task

from maintenance import services


@shared_task(name="maintenance.refresh_groups")
def refresh_groups(network_id: int) -> None:
    """Name again the supply groups of what is open on a network."""
    services.refresh_groups(network_id)
