"""What calls nobody at the moment: shelved, suppressed, out of service; and planned work."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core import clock
from backend.core.decorators import role_required
from backend.core.queries.users import roles_of
from gis.queries import public_zones
from telemetry.domain.alarm_states import ASIDE
from telemetry.queries.alarm_words import alarm_title
from telemetry.queries.alarms import alarms_for, allowed_changes, held_by
from telemetry.queries.suppressions import suppressions_for
from telemetry.services.alarms import change_alarm, lift_suppression, suppress_alarms
from webmap.attempts import attempt, seen_version, signed_in
from webmap.views.telemetry import READERS
from webmap.views.telemetry.alarm_forms import QuietForm

OPERATORS = ("dispatcher", "supervisor")
MOST = 500


@never_cache
@require_safe
@role_required(*READERS)
def aside(request: HttpRequest) -> HttpResponse:
    """List what is set aside, since when, until when, by whom and why."""
    return _shown(request, QuietForm())


@require_POST
@role_required(*OPERATORS)
def take_back(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """Take back an alarm that was set aside."""
    user = signed_in(request)
    alarm = get_object_or_404(alarms_for(user), pk=alarm_id)
    to = request.POST.get("to", "")
    refusal = attempt(lambda: change_alarm(alarm=alarm, to=to, actor=user, version=seen_version(request)))
    if refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The alarm is back."))
    return redirect("telemetry_alarm_aside")


@require_POST
@role_required("supervisor")
def quiet(request: HttpRequest) -> HttpResponse:
    """Keep alarms quiet for planned work."""
    user, form = signed_in(request), QuietForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say which zone or sensors, from when to when, and why."))
        return _shown(request, form, status=422)
    asked = form.cleaned_data
    refusal = attempt(
        lambda: suppress_alarms(
            starts=asked["starts"],
            ends=asked["ends"],
            reason=asked["reason"],
            source=f"person:{user.pk}",
            zone=asked["zone"],
            sensors=asked["sensors"].replace(",", " ").split(),
            actor=user,
        )
    )
    if refusal:
        messages.error(request, refusal.message)
        return _shown(request, form, status=refusal.status)
    messages.success(request, _("It will be quiet, and end by itself."))
    return redirect("telemetry_alarm_aside")


@require_POST
@role_required("supervisor")
def lift(request: HttpRequest, suppression_id: int) -> HttpResponse:
    """End planned quiet before its time."""
    user = signed_in(request)
    found = get_object_or_404(suppressions_for(user, clock.now()), pk=suppression_id)
    lift_suppression(suppression=found, actor=user)
    messages.success(request, _("The alarms are back as their values are."))
    return redirect("telemetry_alarm_aside")


def _shown(request: HttpRequest, form: QuietForm, status: int = 200) -> HttpResponse:
    user: Any = signed_in(request)
    alarms = alarms_for(user).filter(state__in=ASIDE).prefetch_related("transitions__actor")
    rows = [
        {
            "alarm": alarm,
            "title": alarm_title(alarm),
            "last": list(alarm.transitions.all())[-1],
            "held": held_by(alarm),
            "steps": [step for step in allowed_changes(alarm, user) if not step["needs_reason"]],
        }
        for alarm in alarms.order_by("state", "shelved_until", "pk")[:MOST]
    ]
    context = {
        "rows": rows,
        "planned": suppressions_for(user, clock.now())[:MOST],
        "zones": public_zones(),
        "form": form,
        "now": clock.now(),
        "may_plan": "supervisor" in roles_of(user),
    }
    return render(request, "telemetry/alarm_aside.html", context, status=status)
