"""What the worker does for this app, and when."""

from __future__ import annotations

from celery import shared_task

from gis.services.tiles import settle_tiles as settle

SCHEDULE = {
    "gis.settle_tiles": {"task": "gis.settle_tiles", "schedule": 120.0, "options": {"expires": 120}},
}


@shared_task(name="gis.settle_tiles")
def settle_tiles() -> int:
    """Merge what changes appended to the tiles' ledgers."""
    return settle()
