"""Imports are undone by the worker: once, whatever stops it, and with a progress to look at."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.core import clock
from gis.errors import ImportJobMoved
from gis.events import undo_waiting
from gis.models import ImportRecord, Link
from gis.services import ask_undo, run_undo, undo_jobs
from tests.factories import core as cast
from tests.integration.gis.test_import_vector import brought, geopackage

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(tmp_path: Path) -> ImportRecord:
    return ImportRecord.objects.get(pk=brought(geopackage(tmp_path)).record_id)


def test_an_undo_is_asked_for_once_and_done_once(record: ImportRecord) -> None:
    salma = cast.salma()
    run_undo(record.pk)
    assert Link.objects.exists()
    ask_undo(record_id=record.pk, actor=salma)
    with pytest.raises(ImportJobMoved):
        ask_undo(record_id=record.pk, actor=salma)
    run_undo(record.pk)
    run_undo(record.pk)
    record.refresh_from_db()
    assert not Link.objects.exists()
    assert (record.undone_by, record.undo_asked_at, record.undo_refusal) == (salma, None, {})


def test_one_that_was_left_is_called_again_and_given_up_after_three_times(
    record: ImportRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_undo(record_id=record.pk, actor=cast.salma())
    called: list[int] = []

    def note(record_id: int, **kwargs: Any) -> None:
        called.append(record_id)

    undo_waiting.connect(note)
    try:
        assert undo_jobs.sweep_undos() == 0
        ImportRecord.objects.update(undo_asked_at=clock.now() - timedelta(minutes=5), undo_attempts=3)
        assert undo_jobs.sweep_undos() == 1
    finally:
        undo_waiting.disconnect(note)
    assert called == [record.pk]
    run_undo(record.pk)
    record.refresh_from_db()
    assert (record.undo_asked_at, record.undo_refusal, record.undone_at) == (None, {"code": "gave_up"}, None)


def test_a_failure_leaves_everything_and_says_so(
    record: ImportRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**kwargs: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("gis.services.undo_jobs.undo_import", fail)
    ask_undo(record_id=record.pk, actor=cast.salma())
    run_undo(record.pk)
    record.refresh_from_db()
    assert (record.undo_asked_at, record.undo_refusal) == (None, {"code": "failed"})
    assert Link.objects.count() == 2


def test_progress_is_told_step_by_step(record: ImportRecord) -> None:
    from gis.services import undo_import

    seen: list[str] = []
    undo_import(record_id=record.pk, progress=lambda step, done, total: seen.append(step))
    assert seen == ["dependants", "connection_points", "links", "nodes", "zones"]
