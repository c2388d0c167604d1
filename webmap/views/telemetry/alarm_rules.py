"""Alarm rules: the list, and one of them with what it would have done in the last seven days."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.core import clock
from backend.core.decorators import role_required
from backend.core.queries.users import roles_of
from telemetry.queries.alarm_preview import preview_rule
from telemetry.queries.alarm_rules import KINDS, blank_rule, rule_of, rules_for, sensor_named, templates
from telemetry.queries.alarm_words import limit_text, measure_unit
from telemetry.services.alarms import change_rule, create_rule, follow_template_again
from webmap.attempts import Refusal, attempt, seen_version, signed_in
from webmap.views.telemetry import EDITORS, READERS
from webmap.views.telemetry.alarm_changes import change_lines
from webmap.views.telemetry.alarm_chart import chart_of
from webmap.views.telemetry.alarm_forms import NewRuleForm, RuleForm, initial

A_PAGE = 50


@never_cache
@require_safe
@role_required(*READERS)
def rules(request: HttpRequest) -> HttpResponse:
    """List the rules on the sensors that the reader may see."""
    user, asked = signed_in(request), request.GET
    rows = rules_for(user).order_by("sensor__code", "code")
    if words := asked.get("q", "").strip():
        rows = rows.filter(Q(sensor__code__icontains=words) | Q(code__icontains=words))
    if asked.get("kind") in dict(KINDS):
        rows = rows.filter(kind=asked["kind"])
    if asked.get("priority") in {"1", "2", "3", "4"}:
        rows = rows.filter(priority=asked["priority"])
    if template := asked.get("template", ""):
        rows = rows.filter(template__code=template)
    page = Paginator(rows, A_PAGE).get_page(asked.get("page"))
    context = {
        "page": page,
        "rows": [(rule, limit_text(rule)) for rule in page],
        "templates": [(one, limit_text(one, "")) for one in templates()],
        "kinds": KINDS,
        "asked": asked,
        "query": _query(asked),
        "may_edit": bool(roles_of(user) & set(EDITORS)),
    }
    return render(request, "telemetry/alarm_rules.html", context)


@never_cache
@require_safe
@role_required(*READERS)
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Show one rule, its limit on what was measured, and what it would have raised."""
    found = rule_of(signed_in(request), rule_id)
    return _shown(request, found, RuleForm(initial=initial(found)))


@never_cache
@require_POST
@role_required(*EDITORS)
def change(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Write a rule as the form says, or only try it on the last days."""
    user, form = signed_in(request), RuleForm(request.POST)
    found = rule_of(user, rule_id)
    values = _values(request, form)
    if values is None or request.POST.get("action") == "try":
        return _shown(request, found, form, values)
    refusal = attempt(
        lambda: change_rule(rule=found, actor=user, version=seen_version(request), values=values)
    )
    if refusal:
        return _shown(request, found, form, values, refusal)
    messages.success(request, _("The rule is written; the ingesters follow it from now on."))
    return redirect("telemetry_alarm_rule", rule_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITORS)
def new(request: HttpRequest) -> HttpResponse:
    """Watch something more on a sensor."""
    user = signed_in(request)
    found = blank_rule(user, request.GET.get("sensor", "") or request.POST.get("sensor", ""))
    if request.method != "POST":
        return _shown(request, found, NewRuleForm(initial=initial(found) | {"active": True}))
    form = NewRuleForm(request.POST)
    values = _values(request, form)
    if values is None or request.POST.get("action") == "try":
        return _shown(request, found, form, values)
    for name, value in values.items():
        setattr(found, name, value)
    if refusal := attempt(lambda: create_rule(rule=found, actor=user)):
        return _shown(request, found, form, values, refusal)
    messages.success(request, _("The rule is written; the ingesters follow it from now on."))
    return redirect("telemetry_alarm_rule", found.pk)


@require_POST
@role_required(*EDITORS)
def give_back(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Let a rule that was edited by hand follow its template again."""
    user = signed_in(request)
    found = rule_of(user, rule_id)
    refusal = attempt(lambda: follow_template_again(rule=found, actor=user, version=seen_version(request)))
    if refusal:
        messages.error(request, refusal.message)
    return redirect("telemetry_alarm_rule", rule_id)


def _values(request: HttpRequest, form: RuleForm) -> dict[str, Any] | None:
    if not form.is_valid():
        return None
    code = form.cleaned_data["other"].strip()
    other = sensor_named(signed_in(request), code) if code else None
    if code and other is None:
        form.add_error("other", _("There is no such sensor."))
        return None
    return form.numbers() | {"other": other}


def _shown(
    request: HttpRequest,
    rule: Any,
    form: RuleForm,
    values: dict[str, Any] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    version = rule.version
    for name, value in (values or {}).items():
        setattr(rule, name, value)
    wrong = _wrong(rule, form)
    preview = None if wrong else preview_rule(rule, now=clock.now())
    context = {
        "rule": rule,
        "version": version,
        "form": form,
        "tried": values is not None,
        "refusal": refusal,
        "preview": preview,
        "chart": chart_of(preview, rule.spec) if preview else None,
        "limit_text": "" if wrong else limit_text(rule),
        "unit": measure_unit(rule),
        "changes": change_lines([f"alarm_rule:{rule.pk}"], _labels(form)) if rule.pk else [],
        "may_edit": bool(roles_of(request.user) & set(EDITORS)),
    }
    status = refusal.status if refusal else 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "telemetry/alarm_rule.html", context, status=status)


def _labels(form: RuleForm) -> dict[str, Any]:
    labels = {name: field.label for name, field in form.fields.items()}
    return labels | {"window_s": _("Window, in seconds")}


def _wrong(rule: Any, form: RuleForm) -> bool:
    """Tell whether the numbers hang together; where they do not, the form says why."""
    try:
        rule.clean()
    except ValidationError as error:
        if form.is_bound and form.is_valid():
            for name, texts in error.message_dict.items():
                field = {"window_s": "window_min"}.get(name, name)
                form.add_error(field if field in form.fields else None, list(texts))
        return True
    return form.is_bound and not form.is_valid()


def _query(asked: Any) -> str:
    kept = asked.copy()
    kept.pop("page", None)
    return str(kept.urlencode())
