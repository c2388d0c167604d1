"""Do what a job waits for: the dry run, or the import. Runs in the worker; twice does no harm."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from shutil import rmtree
from typing import Any

import structlog
from django.utils import translation

from backend.core.errors import ChabakaError, InvalidInput
from gis.domain.mapping import read_mapping
from gis.domain.placement import Place
from gis.errors import ImportRefused
from gis.models import ImportJob, ImportJobState
from gis.models.import_jobs import RUNNING
from gis.services import background
from gis.services.background import Work, alone, forget_progress, teller
from gis.services.importing import VECTOR, ImportReport, NetworkNames, import_network

log = structlog.get_logger(__name__)
MOST_ATTEMPTS = 3


def run(job_id: int) -> None:
    """Check or import the file of a job, unless another worker is at it or it is done."""
    with alone(Work.IMPORT, job_id) as held:
        job = ImportJob.objects.filter(pk=job_id, state__in=RUNNING).first() if held else None
        if job is None:
            return
        job.attempts += 1
        job.save(update_fields=["attempts", "changed_at"])
        if job.attempts > MOST_ATTEMPTS:
            _end(job, ImportJobState.FAILED, {"code": "gave_up"})
            return
        try:
            with translation.override(job.actor.language):
                _run(job)
        except Exception as error:
            log.exception("import_job_failed", job=job_id)
            _end(job, ImportJobState.FAILED, {"code": "failed", "detail": type(error).__name__})


def progress_of(job_id: int) -> dict[str, Any] | None:
    """Return the step a running job is at: `{step, done, total}`; None before the first is told."""
    return background.progress_of(Work.IMPORT, job_id)


def is_running(job_id: int) -> bool:
    """Say whether a worker is at this job."""
    return background.is_running(Work.IMPORT, job_id)


def _run(job: ImportJob) -> None:
    dry_run = job.state == ImportJobState.CHECKING
    try:
        report = import_network(
            **_arguments(job.options),
            path=job.path,
            source_model=Path(job.file_name).stem,
            dry_run=dry_run,
            skip_errors=bool(job.options.get("skip_errors")) and not dry_run,
            actor=job.actor,
            progress=teller(Work.IMPORT, job.pk),
        )
    except ImportRefused as refused:
        _end(job, ImportJobState.REFUSED, {"code": refused.code, **_told(refused.report)})
    except InvalidInput as refused:
        _end(job, ImportJobState.REFUSED, _refusal(refused))
    else:
        _end(job, ImportJobState.CHECKED if dry_run else ImportJobState.DONE, _told(report))


def _arguments(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options as `import_network` takes them."""
    place = options.get("place")
    return {
        "code": options["network"],
        "file_format": options["file_format"],
        "mapping": read_mapping(options["mapping"]) if options["file_format"] == VECTOR else None,
        "names": NetworkNames(*options["names"]) if options.get("names") else None,
        "crs": options.get("crs") or None,
        "unit": options.get("unit") or None,
        "place": Place(*place) if place else None,
    }


def _told(report: ImportReport) -> dict[str, Any]:
    return {**asdict(report), "changed": report.changed}


def _refusal(error: ChabakaError) -> dict[str, Any]:
    question = getattr(error, "question", None)
    said = {"code": error.code, "errors": error.extra.get("errors", {})}
    return said | ({"question": asdict(question)} if question else {})


def _end(job: ImportJob, state: ImportJobState, report: dict[str, Any]) -> None:
    job.state, job.report = state, report
    if state == ImportJobState.DONE:
        job.record_id = report["record_id"]
        rmtree(job.folder, ignore_errors=True)
    job.save()
    forget_progress(Work.IMPORT, job.pk)
