"""A report in four steps, without an account, and without script, map or position if need be."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.gis.geos import Point
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from backend.core.errors import InvalidInput
from backend.core.models import User
from backend.core.queries.organisation import organisation
from backend.core.queries.users import is_staff_member
from maintenance import services
from webmap import drafts
from webmap.drafts import Draft
from webmap.forms.report import DetailsForm, WhatForm, WhereForm
from webmap.views.citizen.summary import summary_of

STEPS = ("where", "what", "details", "check")
NAMES = (_("Where"), _("What"), _("Details"), _("Check and send"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Ask where it is; a form posted whole (all fields at once) is sent straight away."""
    if request.method == "POST":
        if "category" in request.POST:
            return _send_whole(request)
        return _take(request, Draft(category=request.GET.get("category", "")), "where")
    return _show(request, Draft(), "where", WhereForm())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, key: UUID, name: str) -> HttpResponse:
    """Show or take one step of a draft."""
    draft = drafts.find(key)
    if name not in STEPS:
        raise Http404
    if draft is None:
        return render(request, "citizen/report_gone.html", status=410)
    if draft.reference:
        return redirect("track", reference=draft.reference)
    if STEPS.index(name) > STEPS.index(draft.next_step):
        return redirect("report_step", key=key, name=draft.next_step)
    if request.method == "POST":
        return _send(request, draft) if name == "check" else _take(request, draft, name)
    return _show(request, draft, name, _form(name, draft))


@never_cache
@require_safe
def photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the writer the photo of their draft."""
    draft = drafts.find(key)
    if draft is None or not draft.photo:
        raise Http404
    return HttpResponse(draft.photo, content_type="image/jpeg")


def _form(name: str, draft: Draft, request: HttpRequest | None = None) -> forms.Form | None:
    sent: dict[str, Any] = {"data": request.POST, "files": request.FILES} if request else {}
    if name == "where":
        return WhereForm(**sent, initial=draft.where)
    if name == "what":
        return WhatForm(**sent, initial={"category": draft.category})
    if name == "details":
        return DetailsForm(**sent, initial=draft.details)
    return None


def _take(request: HttpRequest, draft: Draft, name: str) -> HttpResponse:
    form = _form(name, draft, request)
    assert form is not None
    if not form.is_valid():
        _keep_photo(draft, form)
        return _show(request, draft, name, form)
    _fill(draft, name, form.cleaned_data, drop_photo="drop_photo" in request.POST)
    drafts.keep(draft)
    following = STEPS[STEPS.index(name) + 1]
    if request.GET.get("then") == "check" and draft.next_step == "check":
        following = "check"
    return redirect("report_step", key=draft.key, name=following)


def _fill(draft: Draft, name: str, data: dict[str, Any], *, drop_photo: bool = False) -> None:
    if name == "where":
        draft.where = data
    elif name == "what":
        draft.category = data["category"]
    else:
        draft.details = {"text": data["text"], "phone": data["phone"]}
        draft.photo = data["photo"] or (b"" if drop_photo else draft.photo)


def _keep_photo(draft: Draft, form: forms.Form) -> None:
    """Keep a good photo when another answer is wrong: no browser lets a page choose the file again."""
    if photo := form.cleaned_data.get("photo"):
        draft.photo = photo
        drafts.keep(draft)


def _send(request: HttpRequest, draft: Draft) -> HttpResponse:
    where = draft.where
    user = request.user if isinstance(request.user, User) else None
    for_someone = is_staff_member(user)
    try:
        report = services.submit_report(
            category=draft.category,
            text=draft.details["text"],
            phone=draft.details["phone"],
            language=(get_language() or "fr")[:2],
            lon=where["lon"],
            lat=where["lat"],
            place=_place_in_words(where),
            zone=where.get("zone") or None,
            photos=[BytesIO(draft.photo)] if draft.photo else [],
            reporter=None if for_someone else user,
            recorded_by=user if for_someone else None,
            submission_key=str(draft.key),
        )
    except InvalidInput as error:
        drafts.keep(draft)
        return _show(request, draft, "check", None, errors=error.extra.get("errors", {}))
    drafts.mark_sent(draft, report.reference)
    return redirect(f"{reverse('track', args=[report.reference])}?new=1")


def _send_whole(request: HttpRequest) -> HttpResponse:
    draft = Draft()
    for name in STEPS[:3]:
        form = _form(name, draft, request)
        assert form is not None
        if not form.is_valid():
            drafts.keep(draft)
            return _show(request, draft, name, form)
        _fill(draft, name, form.cleaned_data)
    return _send(request, draft)


def _place_in_words(where: dict[str, Any]) -> str:
    parts = [where.get("place", "").strip(), where.get("connection_point", "")]
    return " · ".join(part for part in parts if part)


def _show(
    request: HttpRequest,
    draft: Draft,
    name: str,
    form: forms.Form | None,
    *,
    errors: dict[str, list[str]] | None = None,
) -> HttpResponse:
    number = STEPS.index(name) + 1
    context: dict[str, Any] = {
        "draft": draft,
        "form": form,
        "name": name,
        "steps": NAMES,
        "current": number,
        "back": _back(request, draft, number),
        "errors": errors or {},
    }
    if name == "check":
        context |= {"summary": summary_of(draft), "outside": _is_outside(draft)}
    status = 422 if errors or (form is not None and form.errors) else 200
    return render(request, f"citizen/report_{name}.html", context, status=status)


def _back(request: HttpRequest, draft: Draft, number: int) -> str:
    if request.GET.get("then") == "check":
        return reverse("report_step", args=[draft.key, "check"])
    return reverse("report_step", args=[draft.key, STEPS[number - 2]]) if number > 1 else reverse("home")


def _is_outside(draft: Draft) -> bool:
    lon, lat, area = draft.where.get("lon"), draft.where.get("lat"), organisation().service_area
    if lon is None or area is None:
        return False
    return not area.covers(Point(lon, lat, srid=4326))
