"""Write files of large networks in the worker, and keep them for a day for who asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

import structlog
from django.db import transaction

from backend.core import clock
from backend.core.errors import ChabakaError
from backend.core.models import User
from backend.core.services import audit
from gis.events import export_waiting
from gis.models import ExportJob, ExportJobState, Network
from gis.models.export_jobs import KEPT
from gis.services.background import Work, alone, forget_progress, is_running, progress_of, teller
from gis.services.exporting import SUFFIXES, checked_choice, export_network

log = structlog.get_logger(__name__)
MOST_ATTEMPTS = 3
LEFT = timedelta(minutes=2)


@transaction.atomic
def ask_export(
    *,
    network: Network,
    actor: User,
    file_format: str,
    crs: str | None = None,
    layers: Collection[str] = (),
) -> ExportJob:
    """Have a network written to a file by the worker, as `actor` may see it.

    The same file asked for again while it is being written is the same job.

    Raises:
        InvalidInput, PlaceUnknown: as `export_network`.
    """
    checked_choice(file_format, crs, layers)
    asked: dict[str, Any] = {"network": network, "actor": actor, "file_format": file_format}
    options = {"crs": crs, "layers": list(layers)}
    job, _new = ExportJob.objects.get_or_create(**asked, options=options, state=ExportJobState.WAITING)
    transaction.on_commit(partial(export_waiting.send, sender=ExportJob, job_id=job.pk))
    return job


def run_export(job_id: int) -> None:
    """Write the file of a job, unless another worker is at it. Runs in the worker; twice is once."""
    with alone(Work.EXPORT, job_id) as held:
        waiting = ExportJob.objects.filter(pk=job_id, state=ExportJobState.WAITING)
        job = waiting.select_related("network", "actor").first() if held else None
        if job is None:
            return
        job.attempts += 1
        job.save(update_fields=["attempts", "changed_at"])
        if job.attempts > MOST_ATTEMPTS:
            _end(job, ExportJobState.FAILED, {"code": "gave_up"})
            return
        try:
            _end(job, ExportJobState.DONE, _written(job))
        except ChabakaError as error:
            _end(job, ExportJobState.REFUSED, {"code": error.code, "errors": error.extra.get("errors", {})})
        except Exception:
            log.exception("export_failed", job=job_id)
            _end(job, ExportJobState.FAILED, {"code": "failed"})


def file_of(job: ExportJob) -> Path:
    """Return where the file of a job lies, or will lie."""
    return job.folder / f"{job.network.code}{SUFFIXES[job.file_format]}"


def export_progress(job: ExportJob) -> dict[str, Any] | None:
    """Return the layer a running job is at: `{step, done, total}`; None before the first is told."""
    return progress_of(Work.EXPORT, job.pk)


def sweep_exports() -> int:
    """Call the worker for exports left waiting, and remove files whose day is over; return how many."""
    now = clock.now()
    waiting = ExportJob.objects.filter(state=ExportJobState.WAITING, changed_at__lt=now - LEFT)
    left = [number for number in waiting.values_list("pk", flat=True) if not is_running(Work.EXPORT, number)]
    for number in left:
        export_waiting.send(sender=ExportJob, job_id=number)
    over = list(ExportJob.objects.exclude(state=ExportJobState.WAITING).filter(changed_at__lt=now - KEPT))
    for job in over:
        rmtree(job.folder, ignore_errors=True)
        job.delete()
    return len(left) + len(over)


def _written(job: ExportJob) -> dict[str, Any]:
    path = file_of(job)
    path.parent.mkdir(parents=True, exist_ok=True)
    report = export_network(
        code=job.network.code,
        path=path,
        file_format=job.file_format,
        crs=job.options["crs"],
        layers=job.options["layers"],
        seen_by=job.actor,
        progress=teller(Work.EXPORT, job.pk),
    )
    audit.record(
        actor=job.actor,
        action="gis.network_exported",
        subject=f"network:{job.network_id}",
        format=job.file_format,
        **report.counts,
    )
    return asdict(report)


def _end(job: ExportJob, state: ExportJobState, report: dict[str, Any]) -> None:
    job.state, job.report = state, report
    if state != ExportJobState.DONE:
        rmtree(job.folder, ignore_errors=True)
    job.save(update_fields=["state", "report", "changed_at"])
    forget_progress(Work.EXPORT, job.pk)
