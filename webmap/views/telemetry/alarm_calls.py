"""When an alarm calls again, after how long somebody is told, and who is on duty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core import clock
from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from backend.core.queries.users import roles_of
from telemetry.queries.alarm_calls import duties_for, escalations_for, reachable_supervisors
from telemetry.services.alarms import DUTIES, end_duty, save_duty, save_escalations
from webmap.attempts import Refusal, attempt, seen_version, signed_in
from webmap.views.telemetry import EDITORS, READERS
from webmap.views.telemetry.alarm_changes import change_lines
from webmap.views.telemetry.alarm_forms import DutyForm, EscalationForm

MOST = 200


@never_cache
@require_safe
@role_required(*READERS)
def calls(request: HttpRequest) -> HttpResponse:
    """Show when alarms call again, who is told, and who changed it."""
    wanted = whole_number(request.GET.get("duty", "")) or 0
    duty = duties_for(request.user, clock.now()).filter(pk=wanted).first()
    initial = {"user": duty.user_id, "starts_at": duty.starts_at, "ends_at": duty.ends_at} if duty else {}
    return _shown(request, duty=duty, duty_form=_duty_form(initial=initial))


@never_cache
@require_POST
@role_required(*EDITORS)
def escalate(request: HttpRequest) -> HttpResponse:
    """Write when each priority calls again and is told."""
    levels = escalations_for(request.user).values_list("priority", flat=True)
    forms = {level: EscalationForm(request.POST, prefix=f"p{level}") for level in levels}
    valid = [form.is_valid() for form in forms.values()]
    if not all(valid):
        return _shown(request, forms=forms, status=422)
    asked = {priority: (form.cleaned_data["version"], form.values()) for priority, form in forms.items()}
    refusal = attempt(lambda: save_escalations(asked=asked, actor=signed_in(request)))
    if refusal is None:
        messages.success(request, _("Written. It holds from the next call on."))
        return redirect("telemetry_alarm_calls")
    for name, texts in refusal.errors.items():
        priority, column = name.split(".")
        forms[int(priority)].add_error(column.removesuffix("_s").replace("_after", "_min"), list(texts))
    return _shown(request, forms=forms, refusal=refusal, status=refusal.status)


@never_cache
@require_POST
@role_required(*EDITORS)
def duty(request: HttpRequest, duty_id: int = 0) -> HttpResponse:
    """Put somebody on duty, or change when."""
    found = _found(request, duty_id) if duty_id else None
    form = _duty_form(request.POST)
    if not form.is_valid():
        return _shown(request, duty=found, duty_form=form, status=422)
    asked = dict(form.cleaned_data)
    person = next(one for one in reachable_supervisors() if one.pk == asked.pop("user"))
    version, actor = seen_version(request), signed_in(request)
    refusal = attempt(lambda: save_duty(duty=found, user=person, actor=actor, version=version, **asked))
    if refusal is None:
        messages.success(request, _("Written: %(name)s will be told.") % {"name": person})
        return redirect("telemetry_alarm_calls")
    for name, texts in refusal.errors.items():
        form.add_error(name, list(texts))
    return _shown(request, duty=found, duty_form=form, refusal=refusal, status=refusal.status)


@require_POST
@role_required(*EDITORS)
def end(request: HttpRequest, duty_id: int) -> HttpResponse:
    """End a duty now, or take away one that is to come."""
    found, version = _found(request, duty_id), seen_version(request)
    refusal = attempt(lambda: end_duty(duty=found, actor=signed_in(request), version=version))
    if refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The duty has ended."))
    return redirect("telemetry_alarm_calls")


def _found(request: HttpRequest, pk: int) -> Any:
    return get_object_or_404(duties_for(request.user, clock.now()), pk=pk)


def _duty_form(data: Any = None, initial: Mapping[str, Any] | None = None) -> DutyForm:
    people = [(person.pk, str(person)) for person in reachable_supervisors()]
    return DutyForm(data, initial=initial, people=people)


def _shown(
    request: HttpRequest,
    *,
    forms: Mapping[int, EscalationForm] | None = None,
    duty: Any = None,
    duty_form: DutyForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    now, rows = clock.now(), list(escalations_for(request.user))
    shown = forms or {row.priority: EscalationForm.of(row) for row in rows}
    planned = list(duties_for(request.user, now)[:MOST])
    subjects = [*(f"alarm_escalation:{row.priority}" for row in rows), DUTIES]
    context = {
        "levels": [(row, shown[row.priority]) for row in rows],
        "duties": planned,
        "somebody": any(one.starts_at <= now for one in planned),
        "sms": any(row.sms for row in rows),
        "duty": duty,
        "duty_form": duty_form or _duty_form(),
        "refusal": refusal if refusal and not refusal.errors else None,
        "changes": change_lines(subjects, _labels()),
        "now": now,
        "may_edit": bool(roles_of(request.user) & set(EDITORS)),
    }
    return render(request, "telemetry/alarm_calls.html", context, status=status)


def _labels() -> dict[str, Any]:
    return EscalationForm.LABELS | {name: field.label for name, field in DutyForm.base_fields.items()}
