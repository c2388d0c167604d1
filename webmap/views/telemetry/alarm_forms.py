"""The forms of alarm rules and of planned quiet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from telemetry.queries.alarm_rules import AGGREGATES, CLASSES, KINDS, SIDES

PRIORITIES = (
    (1, pgettext_lazy("priority", "1 · urgent")),
    (2, pgettext_lazy("priority", "2 · high")),
    (3, pgettext_lazy("priority", "3 · medium")),
    (4, pgettext_lazy("priority", "4 · low")),
)
DAY_S = 86_400
Number = forms.FloatField


class RuleForm(forms.Form):
    """What is watched on a sensor. Times are asked for in seconds; a window in minutes."""

    kind = forms.ChoiceField(label=_("What is watched"), choices=KINDS)
    limit = Number(label=_("Limit"), required=False)
    deadband = Number(label=_("Deadband"), required=False, min_value=0)
    window_min = Number(label=_("Window, in minutes"), required=False, min_value=0)
    aggregate = forms.ChoiceField(
        label=_("Taken of the window"), choices=[("", "–"), *AGGREGATES], required=False
    )
    op = forms.ChoiceField(label=_("Abnormal when"), choices=SIDES, required=False)
    other = forms.CharField(label=_("Compared with the sensor"), max_length=130, required=False)
    on_delay_s = Number(label=_("On-delay, in seconds"), required=False, min_value=0, max_value=DAY_S)
    off_delay_s = Number(label=_("Off-delay, in seconds"), required=False, min_value=0, max_value=DAY_S)
    priority = forms.TypedChoiceField(label=_("Priority"), choices=PRIORITIES, coerce=int, initial=3)
    alarm_class = forms.ChoiceField(label=_("Class"), choices=CLASSES)
    response_fr = forms.CharField(label=_("What to do, in French"), max_length=2000, required=False)
    response_ar = forms.CharField(label=_("What to do, in Arabic"), max_length=2000, required=False)
    consequence_fr = forms.CharField(
        label=_("What happens otherwise, in French"), max_length=2000, required=False
    )
    consequence_ar = forms.CharField(
        label=_("What happens otherwise, in Arabic"), max_length=2000, required=False
    )
    active = forms.BooleanField(label=_("Switched on"), required=False, initial=True)

    def numbers(self) -> dict[str, Any]:
        """Return the columns of the rule, but for the sensor compared with."""
        data = dict(self.cleaned_data)
        data.pop("other")
        minutes = data.pop("window_min")
        for name in ("limit", "deadband", "on_delay_s", "off_delay_s"):
            data[name] = data[name] or 0.0
        data["op"] = data["op"] or "gt"
        return data | {"window_s": minutes * 60 if minutes else None}


class NewRuleForm(RuleForm):
    """A rule that is not there yet also has a name within its sensor."""

    code = forms.SlugField(label=_("Name of the rule"), max_length=32)


class QuietForm(forms.Form):
    """Planned work: which zone or sensors, when, and why."""

    zone = forms.CharField(max_length=40, required=False)
    sensors = forms.CharField(max_length=4000, required=False)
    starts = forms.DateTimeField()
    ends = forms.DateTimeField()
    reason = forms.CharField(max_length=300)


def initial(rule: Any) -> dict[str, Any]:
    """Return what the form shows of a rule."""
    names = [name for name in RuleForm.base_fields if name not in {"window_min", "other"}]
    shown = {name: getattr(rule, name) for name in names}
    shown["window_min"] = rule.window_s / 60 if rule.window_s else None
    return shown | {"other": rule.other.code if rule.other else ""}
