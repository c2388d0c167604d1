"""One line for each event this app follows."""

from __future__ import annotations

from typing import Any

import structlog
from django.dispatch import receiver

from gis import tasks
from gis.events import export_waiting, import_waiting, undo_waiting

log = structlog.get_logger(__name__)


@receiver(import_waiting, dispatch_uid="gis.run_import_job")
def on_import_waiting(job_id: int, **kwargs: Any) -> None:
    """May be lost: the sweep of waiting files finds it within a minute."""
    try:
        tasks.run_import_job.apply_async((job_id,), retry=False)
    except Exception as error:
        log.warning("import_job_not_queued", job=job_id, error=type(error).__name__)


@receiver(undo_waiting, dispatch_uid="gis.run_undo")
def on_undo_waiting(record_id: int, **kwargs: Any) -> None:
    """May be lost: the same sweep finds it."""
    try:
        tasks.run_undo.apply_async((record_id,), retry=False)
    except Exception as error:
        log.warning("undo_not_queued", record=record_id, error=type(error).__name__)


@receiver(export_waiting, dispatch_uid="gis.run_export")
def on_export_waiting(job_id: int, **kwargs: Any) -> None:
    """May be lost: the same sweep finds it."""
    try:
        tasks.run_export.apply_async((job_id,), retry=False)
    except Exception as error:
        log.warning("export_not_queued", job=job_id, error=type(error).__name__)
