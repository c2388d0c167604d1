"""What people decide about a file: look at it, write it, put it aside."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import partial
from shutil import rmtree
from typing import Any

from django.db import transaction

from backend.core import clock
from backend.core.models import User
from gis.errors import ImportJobMoved
from gis.events import import_waiting
from gis.models import ImportJob, ImportJobState
from gis.models.import_jobs import ENDED, RUNNING
from gis.services.import_jobs.running import is_running

State = ImportJobState
OPEN = (State.RECEIVED, State.CHECKED, State.REFUSED, State.FAILED)
"""States from which a file may be looked at again."""
KEPT = timedelta(days=7)
FORGOTTEN = timedelta(days=1)
LEFT = timedelta(minutes=2)


def check(*, job: ImportJob, options: Mapping[str, Any]) -> ImportJob:
    """Have the file looked at with these options; nothing is written.

    Raises:
        ImportJobMoved: the file is not here, or is being worked on.
    """
    return _queue(job, OPEN, State.CHECKING, options={**job.options, **options}, report={})


def confirm(*, job: ImportJob, actor: User, skip_errors: bool = False) -> ImportJob:
    """Have the file written as it was checked, in the name of `actor`; without its refused rows if asked.

    Raises:
        ImportJobMoved: it was not checked, or someone confirmed it already.
    """
    sources = (State.CHECKED, State.REFUSED) if skip_errors else (State.CHECKED,)
    options = {**job.options, "skip_errors": skip_errors}
    return _queue(job, sources, State.IMPORTING, options=options, actor=actor)


@transaction.atomic
def discard(*, job: ImportJob) -> None:
    """Put a file aside for good, unless it is being worked on.

    Raises:
        ImportJobMoved: it is, or it was imported.
    """
    _locked(job, (*OPEN, State.RECEIVING), state=State.DISCARDED)
    transaction.on_commit(partial(rmtree, job.folder, ignore_errors=True))


def sweep() -> int:
    """Call the worker for files left waiting, and remove files nobody came back for; return how many."""
    now = clock.now()
    waiting = ImportJob.objects.filter(state__in=RUNNING, changed_at__lt=now - LEFT)
    left = [job for job in waiting if not is_running(job.pk)]
    for job in left:
        import_waiting.send(sender=ImportJob, job_id=job.pk)
    gone = ImportJob.objects.exclude(state__in=(*RUNNING, *ENDED)).filter(changed_at__lt=now - KEPT)
    unfinished = ImportJob.objects.filter(state=State.RECEIVING, changed_at__lt=now - FORGOTTEN)
    forgotten = list(gone | unfinished)
    for job in forgotten:
        discard(job=job)
    return len(left) + len(forgotten)


@transaction.atomic
def _queue(job: ImportJob, sources: Collection[str], state: str, **changes: Any) -> ImportJob:
    moved = _locked(job, sources, state=state, attempts=0, **changes)
    transaction.on_commit(partial(import_waiting.send, sender=ImportJob, job_id=job.pk))
    return moved


def _locked(job: ImportJob, sources: Collection[str], **changes: Any) -> ImportJob:
    locked = ImportJob.objects.select_for_update().get(pk=job.pk)
    if locked.state not in sources:
        raise ImportJobMoved
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.save()
    return locked
