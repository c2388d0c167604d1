"""Alarm templates: one rule for every sensor of a family or a zone, written, changed and ended here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.core.decorators import role_required
from backend.core.queries.users import roles_of
from gis.queries import zone_by_code
from telemetry.queries.alarm_rules import blank_template, sensors_of, template_of
from telemetry.queries.alarm_words import limit_text
from telemetry.services.alarms import save_template
from webmap.attempts import Refusal, attempt, seen_version, signed_in
from webmap.views.telemetry import EDITORS, READERS
from webmap.views.telemetry.alarm_changes import change_lines
from webmap.views.telemetry.alarm_forms import NewTemplateForm, TemplateForm, initial_of_template


@never_cache
@require_safe
@role_required(*READERS)
def template(request: HttpRequest, code: str) -> HttpResponse:
    """Show a template, the sensors it means, and who changed it."""
    found = template_of(code)
    return _shown(request, found, TemplateForm(initial=initial_of_template(found)))


@never_cache
@require_POST
@role_required(*EDITORS)
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Change a template; its rules follow, but those edited by hand."""
    return _write(request, template_of(code), TemplateForm(request.POST))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITORS)
def new(request: HttpRequest) -> HttpResponse:
    """Lay a rule over the sensors of a family or a zone."""
    found = blank_template()
    if request.method != "POST":
        return _shown(request, found, NewTemplateForm(initial={"active": True, "priority": 3}))
    return _write(request, found, NewTemplateForm(request.POST))


@require_POST
@role_required(*EDITORS)
def end(request: HttpRequest, code: str) -> HttpResponse:
    """Switch a template off with the rules it made."""
    user, found = signed_in(request), template_of(code)
    version, values = seen_version(request), {"active": False}
    if refusal := attempt(lambda: save_template(template=found, actor=user, version=version, values=values)):
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The template has ended; the rules it made are switched off."))
    return redirect("telemetry_alarm_template", code)


def _write(request: HttpRequest, found: Any, form: TemplateForm) -> HttpResponse:
    if not form.is_valid():
        return _shown(request, found, form, status=422)
    values = form.numbers() | {"zone": zone_by_code(form.cleaned_data["zone"])}
    version = seen_version(request) if found.pk else None
    refusal = attempt(
        lambda: save_template(template=found, actor=signed_in(request), version=version, values=values)
    )
    if refusal:
        for name, texts in refusal.errors.items():
            field = {"window_s": "window_min", "non_field_errors": None}.get(name, name)
            form.add_error(field if field in form.fields else None, list(texts))
        return _shown(request, found, form, refusal=refusal, status=refusal.status)
    messages.success(request, _("The template is written; the sensors it means are watched by it."))
    return redirect("telemetry_alarm_template", values.get("code", found.code))


def _shown(
    request: HttpRequest, found: Any, form: TemplateForm, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    kept = template_of(found.code) if found.pk else None
    labels = {name: field.label for name, field in form.fields.items()}
    context = {
        "template": kept,
        "form": form,
        "refusal": refusal if refusal and not refusal.errors else None,
        "sensors": sensors_of(kept).count() if kept else 0,
        "rules": kept.rules.filter(active=True).count() if kept else 0,
        "edited": kept.rules.filter(edited=True).count() if kept else 0,
        "limit_text": limit_text(kept, "") if kept else "",
        "changes": change_lines([f"alarm_template:{kept.pk}"], labels) if kept else [],
        "may_edit": bool(roles_of(request.user) & set(EDITORS)),
    }
    return render(request, "telemetry/alarm_template.html", context, status=status)
