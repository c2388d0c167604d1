"""What the worker does for this app, and when."""

from __future__ import annotations

from celery import shared_task
from celery.schedules import crontab

from gis.services import export_jobs, import_jobs, quality, undo_jobs
from gis.services import refresh_search_words as refresh
from gis.services.tiles import settle_tiles as settle

SCHEDULE = {
    "gis.refresh_search_words": {
        "task": "gis.refresh_search_words",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "gis.check_networks": {"task": "gis.check_networks", "schedule": crontab(hour="2", minute="40")},
    "gis.settle_tiles": {"task": "gis.settle_tiles", "schedule": 120.0, "options": {"expires": 120}},
    "gis.sweep_import_jobs": {"task": "gis.sweep_import_jobs", "schedule": 60.0, "options": {"expires": 60}},
}


@shared_task(name="gis.settle_tiles")
def settle_tiles() -> int:
    """Merge what changes appended to the tiles' ledgers."""
    return settle()


@shared_task(name="gis.run_import_job", time_limit=3000)
def run_import_job(job_id: int) -> None:
    """Check or import the file of a job."""
    import_jobs.run(job_id)


@shared_task(name="gis.run_undo", time_limit=3000)
def run_undo(record_id: int) -> None:
    """Undo an import that somebody asked to have undone."""
    undo_jobs.run_undo(record_id)


@shared_task(name="gis.run_export", time_limit=3000)
def run_export(job_id: int) -> None:
    """Write the file of a network that somebody asked for."""
    export_jobs.run_export(job_id)


@shared_task(name="gis.sweep_import_jobs")
def sweep_import_jobs() -> int:
    """Call again for files left waiting, and remove those nobody came back for."""
    return import_jobs.sweep() + undo_jobs.sweep_undos() + export_jobs.sweep_exports()


@shared_task(name="gis.refresh_search_words")
def refresh_search_words() -> bool:
    """Read the words of addresses and names anew where they changed, for those who misspell them."""
    return refresh()


@shared_task(name="gis.check_networks", time_limit=3000)
def check_networks(
    network_code: str | None = None, tolerance_m: float | None = None, actor_id: int | None = None
) -> int:
    """Look for what is wrong with one network, or with all and the zones; return how much was found."""
    reports = quality.check_networks(network_code=network_code, tolerance_m=tolerance_m, actor_id=actor_id)
    return sum(report.standing for report in reports)


@shared_task(name="gis.repair_findings", time_limit=3000)
def repair_findings(finding_ids: list[int], actor_id: int, repair: str = "") -> int:
    """Repair many findings for a person, each as suggested unless told; return how many repairs were made."""
    return quality.repair_by_ids(finding_ids=finding_ids, actor_id=actor_id, repair=repair).done
