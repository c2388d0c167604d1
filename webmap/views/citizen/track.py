"""Follow a report by its reference: the reference alone opens it, and nothing personal is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core.errors import ChabakaError, InvalidInput
from backend.core.models import User
from maintenance import queries, services
from maintenance.queries import TrackedReport, TrackStep


@never_cache
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Ask for a reference, and go to its page."""
    typed = request.GET.get("reference", "").strip()
    found = queries.track(typed) if typed else None
    if found:
        return redirect("track", reference=found.reference)
    status = 404 if typed else 200
    return render(request, "citizen/track_find.html", {"typed": typed}, status=status)


@never_cache
@require_safe
def track(request: HttpRequest, reference: str) -> HttpResponse:
    """Show how far a report is."""
    found = queries.track(reference)
    if found is None:
        return render(request, "citizen/track_find.html", {"typed": reference}, status=404)
    return _page(request, found)


@never_cache
@require_POST
def reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Say that it is not repaired."""
    return _follow_up(
        request,
        reference,
        lambda **said: services.request_reopening(reason=said.pop("text"), **said),
        _("Thank you. The report is taken up again."),
    )


@never_cache
@require_POST
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer what we asked."""
    return _follow_up(
        request, reference, services.answer_information, _("Thank you. Your answer is with the team.")
    )


def _follow_up(request: HttpRequest, reference: str, service: Any, thanks: str) -> HttpResponse:
    found = queries.track(reference)
    if found is None:
        return render(request, "citizen/track_find.html", {"typed": reference}, status=404)
    said = {"text": request.POST.get("text", ""), "phone": request.POST.get("phone", "")}
    try:
        actor = request.user if isinstance(request.user, User) else None
        service(reference=found.reference, actor=actor, **said)
    except InvalidInput as error:
        raw: dict[str, list[str]] = error.extra.get("errors", {})
        errors = {("text" if name == "reason" else name): told for name, told in raw.items()}
        return _page(request, found, errors=errors, said=said, status=422)
    except ChabakaError as error:
        messages.warning(request, error.detail)
    else:
        messages.success(request, thanks)
    return redirect("track", reference=found.reference)


def _page(
    request: HttpRequest,
    found: TrackedReport,
    *,
    errors: dict[str, list[str]] | None = None,
    said: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "report": found,
        "steps": [_shown(step) for step in found.steps],
        "is_new": "new" in request.GET,
        "errors": errors or {},
        "said": said or {},
    }
    return render(request, "citizen/track.html", context, status=status)


def _shown(step: TrackStep) -> dict[str, Any]:
    place = "current" if step.current else "done" if step.done else "next"
    return {"title": step.label, "at": step.at, "step": place, "note": ""}
