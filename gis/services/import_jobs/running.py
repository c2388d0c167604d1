"""Do what a job waits for: the dry run, or the import. Runs in the worker; twice does no harm."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from shutil import rmtree
from typing import Any

import structlog
from django.core.cache import cache
from django.db import connection

from backend.core.errors import ChabakaError, InvalidInput
from gis.domain.mapping import read_mapping
from gis.domain.placement import Place
from gis.errors import ImportRefused
from gis.models import ImportJob, ImportJobState
from gis.models.import_jobs import RUNNING
from gis.services.importing import VECTOR, ImportReport, NetworkNames, import_network

log = structlog.get_logger(__name__)
LOCKS = 0x6769
"""First half of the advisory locks that say which job is being run."""
MOST_ATTEMPTS = 3
TELL_EVERY_S = 0.3
PROGRESS_KEPT_S = 3600


def run(job_id: int) -> None:
    """Check or import the file of a job, unless another worker is at it or it is done."""
    with _alone(job_id) as alone:
        job = ImportJob.objects.filter(pk=job_id, state__in=RUNNING).first() if alone else None
        if job is None:
            return
        job.attempts += 1
        job.save(update_fields=["attempts", "changed_at"])
        if job.attempts > MOST_ATTEMPTS:
            _end(job, ImportJobState.FAILED, {"code": "gave_up"})
            return
        try:
            _run(job)
        except Exception as error:
            log.exception("import_job_failed", job=job_id)
            _end(job, ImportJobState.FAILED, {"code": "failed", "detail": type(error).__name__})


def progress_of(job_id: int) -> dict[str, Any] | None:
    """Return the step a running job is at: `{step, done, total}`; None before the first is told."""
    told: dict[str, Any] | None = cache.get(_progress_key(job_id))
    return told


def is_running(job_id: int) -> bool:
    """Say whether a worker is at this job."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND objsubid = 2",
            [LOCKS, job_id],
        )
        return bool(cursor.fetchone()[0])


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
            progress=_teller(job.pk),
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
    cache.delete(_progress_key(job.pk))


def _teller(job_id: int) -> Callable[[str, int, int], None]:
    """Keep the progress where the page finds it: the import's own transaction shows nothing until it ends."""
    last = 0.0

    def tell(step: str, done: int, total: int) -> None:
        nonlocal last
        if done not in (0, total) and time.monotonic() - last < TELL_EVERY_S:
            return
        last = time.monotonic()
        cache.set(_progress_key(job_id), {"step": step, "done": done, "total": total}, PROGRESS_KEPT_S)

    return tell


def _progress_key(job_id: int) -> str:
    return f"gis.import_job.{job_id}.progress"


@contextmanager
def _alone(job_id: int) -> Iterator[bool]:
    """Hold the job for this worker: the database lets go of it should the worker die."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, job_id])
        (held,) = cursor.fetchone()
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, job_id])
