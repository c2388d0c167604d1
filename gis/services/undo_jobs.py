"""Undo an import in the worker: a million rows take minutes, and pages only ask for it and look on."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q

from backend.core import clock
from backend.core.errors import ChabakaError
from backend.core.models import User
from gis.errors import ImportJobMoved, NoSuchImport
from gis.events import undo_waiting
from gis.models import ImportRecord
from gis.services.background import Work, alone, forget_progress, is_running, progress_of, teller
from gis.services.undoing import undo_import

log = structlog.get_logger(__name__)
MOST_ATTEMPTS = 3
LEFT = timedelta(minutes=2)


@transaction.atomic
def ask_undo(*, record_id: int, actor: User) -> None:
    """Have an import undone by the worker, in the name of `actor`.

    Raises:
        NoSuchImport: there is none, or it was undone already.
        ImportJobMoved: it is being undone.
    """
    record = ImportRecord.objects.select_for_update().filter(pk=record_id, undone_at=None).first()
    if record is None:
        raise NoSuchImport
    if record.undo_asked_at is not None:
        raise ImportJobMoved
    ImportRecord.objects.filter(pk=record_id).update(
        undo_asked_at=clock.now(), undo_asked_by=actor, undo_attempts=0, undo_refusal={}
    )
    transaction.on_commit(partial(undo_waiting.send, sender=ImportRecord, record_id=record_id))


def run_undo(record_id: int) -> None:
    """Undo an import that waits for it, unless another worker is at it. Runs in the worker; twice is once."""
    with alone(Work.UNDO, record_id) as held:
        waiting = ImportRecord.objects.filter(Q(undo_asked_at__isnull=False), pk=record_id, undone_at=None)
        record = waiting.select_related("undo_asked_by").first() if held else None
        if record is None:
            return
        waiting.update(undo_attempts=record.undo_attempts + 1)
        refusal = {"code": "gave_up"} if record.undo_attempts >= MOST_ATTEMPTS else _undone(record)
        ImportRecord.objects.filter(pk=record_id).update(undo_asked_at=None, undo_refusal=refusal)
        forget_progress(Work.UNDO, record_id)


def undo_progress(record_id: int) -> dict[str, Any] | None:
    """Return the step an undo is at: `{step, done, total}`; None before the first is told."""
    return progress_of(Work.UNDO, record_id)


def sweep_undos() -> int:
    """Call the worker for undos left waiting; return how many."""
    waiting = ImportRecord.objects.filter(undone_at=None, undo_asked_at__lt=clock.now() - LEFT)
    left = [number for number in waiting.values_list("pk", flat=True) if not is_running(Work.UNDO, number)]
    for number in left:
        undo_waiting.send(sender=ImportRecord, record_id=number)
    return len(left)


def _undone(record: ImportRecord) -> dict[str, Any]:
    """Undo the import; return why it was refused, or nothing."""
    try:
        undo_import(record_id=record.pk, actor=record.undo_asked_by, progress=teller(Work.UNDO, record.pk))
    except ChabakaError as error:
        return {"code": error.code, "errors": error.extra.get("errors", {})}
    except Exception:
        log.exception("undo_failed", record=record.pk)
        return {"code": "failed"}
    return {}
