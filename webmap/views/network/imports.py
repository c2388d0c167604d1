"""Bring a file into the networks: send it, say what it means, see what would happen, then write it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from backend.core.domain.spreadsheets import harmless
from backend.core.errors import ChabakaError
from gis.queries.import_jobs import (
    ImportJob,
    answers_everywhere,
    import_job,
    import_record,
    import_records,
    open_jobs,
)
from gis.services import ask_undo, import_jobs, undo_progress
from gis.translating import unmarked
from webmap.attempts import Refusal, attempt, signed_in
from webmap.forms.network_import import ImportOptionsForm, initial_of
from webmap.views.network import EDITORS
from webmap.views.network.reports import report_of

PAST_A_PAGE = 20


def _editor(request: HttpRequest) -> None:
    """Refuse whose jurisdiction has bounds: a file may hold anything anywhere."""
    if not answers_everywhere(request.user):
        raise PermissionDenied


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITORS)
def imports(request: HttpRequest) -> HttpResponse:
    """Show the files on their way and the imports of the past; take a new file."""
    _editor(request)
    if request.method != "POST":
        return _list(request)
    scripted = "size_bytes" in request.POST
    started: list[ImportJob] = []
    refusal = attempt(lambda: started.append(_begin(request)))
    if refusal and scripted:
        return JsonResponse({"message": refusal.message}, status=refusal.status)
    if refusal:
        return _list(request, refusal=refusal)
    page = reverse("network_import_job", args=[started[0].public_id])
    if scripted:
        pieces = reverse("network_import_piece", args=[started[0].public_id])
        begun = {"page": page, "pieces": pieces, "received": started[0].received_bytes}
        return JsonResponse({**begun, "piece_bytes": import_jobs.PIECE_BYTES}, status=201)
    return redirect(page)


@require_POST
@role_required(*EDITORS)
def piece(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Take the next piece of a file, and say how much is here."""
    _editor(request)
    job = import_job(job_id)
    offset = whole_number(request.GET.get("offset", "")) or 0
    try:
        job = import_jobs.receive(job=job, offset=offset, pieces=[request.body])
    except ChabakaError as error:
        job = import_job(job_id)
        return JsonResponse({"message": error.detail, "received": job.received_bytes}, status=error.status)
    return JsonResponse({"received": job.received_bytes})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITORS)
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show where a file stands; take the answers and have it checked."""
    _editor(request)
    found = import_job(job_id)
    if request.method != "POST":
        return _job(request, found, _form(found))
    form = _form(found, request.POST)
    if not form.is_valid():
        return _job(request, found, form, status=422)
    return _moved(request, found, attempt(lambda: import_jobs.check(job=found, options=form.options())))


@require_POST
@role_required(*EDITORS)
def confirm(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Have the file written as it was checked."""
    _editor(request)
    found = import_job(job_id)
    skip = "skip_errors" in request.POST
    refusal = attempt(lambda: import_jobs.confirm(job=found, actor=signed_in(request), skip_errors=skip))
    return _moved(request, found, refusal)


@require_POST
@role_required(*EDITORS)
def discard(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Put the file aside."""
    _editor(request)
    found = import_job(job_id)
    refusal = attempt(lambda: import_jobs.discard(job=found))
    if refusal:
        return _moved(request, found, refusal)
    messages.success(request, _("The file was put aside; nothing was imported."))
    return redirect("network_import")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITORS)
def undo(request: HttpRequest, record_id: int) -> HttpResponse:
    """Have an import of the past undone by the worker; show how far that is."""
    _editor(request)
    if request.method == "POST":
        refusal = attempt(lambda: ask_undo(record_id=record_id, actor=signed_in(request)))
        return _list(request, refusal=refusal) if refusal else redirect("network_import")
    record = import_record(record_id)
    response = render(request, "network/_undo.html", {"record": record, "progress": undo_progress(record.pk)})
    if record.undo_asked_at is None:
        # It has ended, one way or the other: the whole list has something new to say.
        response["HX-Refresh"] = "true"
    return response


@never_cache
@require_safe
@role_required(*EDITORS)
def errors(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Give the refused rows as a table to take away."""
    _editor(request)
    found = import_job(job_id)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="import-errors.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([_("Row"), _("Reason"), _("Detail")])
    for row in report_of(found).rows:
        writer.writerow(harmless(unmarked(str(told))) for told in (row.row, row.reason, row.detail))
    return response


def _begin(request: HttpRequest) -> ImportJob:
    """Announce the file; without scripts it is here whole."""
    actor = signed_in(request)
    file: Any = request.FILES.get("file")
    if file is None:
        sent = request.POST
        return import_jobs.start(
            actor=actor,
            file_name=sent.get("file_name", ""),
            size_bytes=whole_number(sent.get("size_bytes", "")) or 0,
            fingerprint=sent.get("fingerprint", "")[:40],
        )
    begun = import_jobs.start(actor=actor, file_name=file.name or "", size_bytes=file.size)
    whole: Iterable[bytes] = file.chunks()
    return import_jobs.receive(job=begun, offset=0, pieces=whole)


def _list(request: HttpRequest, *, refusal: Refusal | None = None) -> HttpResponse:
    page = Paginator(import_records(), PAST_A_PAGE).get_page(request.GET.get("page"))
    kinds = ", ".join(import_jobs.SUFFIXES)
    context = {"jobs": open_jobs(), "page": page, "refusal": refusal, "kinds": kinds, "accept": kinds}
    return render(request, "network/imports.html", context, status=refusal.status if refusal else 200)


def _form(found: ImportJob, data: Any = None) -> ImportOptionsForm:
    return ImportOptionsForm(data, initial=initial_of(found.options), question=found.report.get("question"))


def _job(
    request: HttpRequest,
    found: ImportJob,
    form: ImportOptionsForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "job": found,
        "form": form,
        "report": report_of(found),
        "progress": import_jobs.progress_of(found.pk) if found.is_running else None,
        "refusal": refusal,
    }
    moving = getattr(request, "htmx", False) and request.method == "GET"
    if moving and found.is_running:
        return render(request, "network/_progress.html", context)
    response = render(request, "network/import.html", context, status=status)
    if moving:
        # What was running has ended: the whole page has something new to say.
        response["HX-Refresh"] = "true"
    return response


def _moved(request: HttpRequest, found: ImportJob, refusal: Refusal | None) -> HttpResponse:
    if refusal is None:
        return redirect("network_import_job", job_id=found.public_id)
    now = import_job(found.public_id)
    return _job(request, now, _form(now), refusal=refusal, status=refusal.status)
