"""Take a large network away: asked for here, written by the worker, ready for a day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core.decorators import role_required
from gis.queries.export_jobs import ExportJob, expires_at, export_job, network_of
from gis.services.export_jobs import ask_export, export_progress
from webmap.attempts import attempt, signed_in
from webmap.views.network import READERS
from webmap.views.network.index import listed
from webmap.views.network.reports import REFUSALS


@require_POST
@role_required(*READERS)
def export(request: HttpRequest) -> HttpResponse:
    """Have a network written to a file."""
    network = network_of(request.POST.get("network", ""))
    asked: list[ExportJob] = []

    def ask() -> None:
        asked.append(
            ask_export(network=network, actor=signed_in(request), file_format=request.POST.get("as", ""))
        )

    if refusal := attempt(ask):
        return listed(request, refusal=refusal)
    return redirect("network_export_job", job_id=asked[0].public_id)


@never_cache
@require_safe
@role_required(*READERS)
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show how far the file is, and where it can be taken away."""
    found = export_job(job_id, seen_by=signed_in(request))
    context: dict[str, Any] = {
        "job": found,
        "progress": export_progress(found),
        "expires_at": expires_at(found),
        "refusal": REFUSALS.get(found.report.get("code", ""), REFUSALS["failed"]),
    }
    if getattr(request, "htmx", False):
        return render(request, "network/_export.html", context)
    return render(request, "network/export.html", context)
