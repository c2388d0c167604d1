"""Files of networks that somebody asked for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from backend.core import clock
from backend.core.models import User
from gis.errors import NoSuchExport, NoSuchNetwork
from gis.models import ExportJob, ExportJobState, Network
from gis.models.export_jobs import KEPT

__all__ = ["ExportJob", "expires_at", "export_job", "network_of"]


def export_job(public_id: UUID, *, seen_by: User) -> ExportJob:
    """Return a file that this person asked for.

    Raises:
        NoSuchExport: there is none of theirs, or it expired.
    """
    job = ExportJob.objects.select_related("network").filter(public_id=public_id, actor=seen_by).first()
    if job is None or (job.state != ExportJobState.WAITING and expires_at(job) < clock.now()):
        raise NoSuchExport
    return job


def network_of(code: str) -> Network:
    """Return a network by its code.

    Raises:
        NoSuchNetwork: there is none.
    """
    network = Network.objects.filter(code=code).first()
    if network is None:
        raise NoSuchNetwork
    return network


def expires_at(job: ExportJob) -> datetime:
    """Return until when the file of an ended job can be taken away."""
    return job.changed_at + KEPT
