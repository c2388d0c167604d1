"""Files on their way into the networks, and what was imported before."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from backend.core.models import User
from gis.errors import NoSuchImport
from gis.models import ImportJob, ImportRecord
from gis.models.import_jobs import ENDED
from gis.models.scoping import areas_of

__all__ = ["ImportJob", "answers_everywhere", "import_job", "import_record", "import_records", "open_jobs"]


def answers_everywhere(user: User | AnonymousUser) -> bool:
    """Say whether a person's jurisdiction has no bounds: whole networks are theirs to change."""
    return areas_of(user) is None


def open_jobs() -> QuerySet[ImportJob]:
    """Return the files that wait for somebody or are being worked on, the newest first."""
    return ImportJob.objects.exclude(state__in=ENDED).select_related("actor")


def import_job(public_id: UUID) -> ImportJob:
    """Return a file by its public id.

    Raises:
        NoSuchImport: there is none.
    """
    job = ImportJob.objects.select_related("actor", "record").filter(public_id=public_id).first()
    if job is None:
        raise NoSuchImport
    return job


def import_record(record_id: int) -> ImportRecord:
    """Return an import of the past by its number.

    Raises:
        NoSuchImport: there is none.
    """
    record = import_records().filter(pk=record_id).first()
    if record is None:
        raise NoSuchImport
    return record


def import_records() -> QuerySet[ImportRecord]:
    """Return the imports of the past, the newest first."""
    return ImportRecord.objects.select_related("network", "actor").order_by("-imported_at", "-pk")
