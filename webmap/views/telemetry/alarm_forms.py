"""The forms of alarm rules and of planned quiet."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis.queries import public_zones
from telemetry.queries import families
from telemetry.queries.alarm_rules import AGGREGATES, CLASSES, KINDS, QUANTITIES, SIDES
from webmap.forms.days import MomentField
from webmap.forms.limits import PRIORITIES

DAY_S = 86_400
Number = forms.FloatField


def _sentences(label: Any, language: str) -> forms.CharField:
    """Return a field for a few sentences in a language, whatever that of the page."""
    direction = "rtl" if language == "ar" else "ltr"
    widget = forms.Textarea(attrs={"rows": 3, "lang": language, "dir": direction})
    return forms.CharField(label=label, max_length=2000, required=False, widget=widget)


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
    response_fr = _sentences(_("What to do, in French"), "fr")
    response_ar = _sentences(_("What to do, in Arabic"), "ar")
    consequence_fr = _sentences(_("What happens otherwise, in French"), "fr")
    consequence_ar = _sentences(_("What happens otherwise, in Arabic"), "ar")
    active = forms.BooleanField(label=_("Switched on"), required=False, initial=True)

    def numbers(self) -> dict[str, Any]:
        """Return the columns of the rule, but for the sensor compared with."""
        data = dict(self.cleaned_data)
        data.pop("other", None)
        minutes = data.pop("window_min")
        for name in ("limit", "deadband", "on_delay_s", "off_delay_s"):
            data[name] = data[name] or 0.0
        data["op"] = data["op"] or "gt"
        return data | {"window_s": minutes * 60 if minutes else None}


class NewRuleForm(RuleForm):
    """A rule that is not there yet also has a name within its sensor."""

    code = forms.SlugField(label=_("Name of the rule"), max_length=32)


class TemplateForm(RuleForm):
    """A rule for every sensor of a family or in a zone; `key` and `quantity` narrow them down."""

    other = None  # type: ignore[assignment]
    name_fr = forms.CharField(label=_("Name in French"), max_length=120, required=False)
    name_ar = forms.CharField(label=_("Name in Arabic"), max_length=120, required=False)
    family = forms.ChoiceField(label=_("Device family"), required=False)
    zone = forms.ChoiceField(label=_("Zone"), required=False)
    quantity = forms.ChoiceField(
        label=_("Only this quantity"), choices=[("", "–"), *QUANTITIES], required=False
    )
    key = forms.CharField(label=_("Only the sensor named"), max_length=64, required=False)
    other_key = forms.CharField(
        label=_("Compared with the device’s sensor named"), max_length=64, required=False
    )

    field_order = ("code", "name_fr", "name_ar", "family", "zone", "quantity", "key", "kind", "other_key")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose: Any = self.fields["family"]
        choose.choices = [("", "–"), *((one.code, one.name) for one in families.families())]
        choose = self.fields["zone"]
        choose.choices = [("", "–"), *((one.code, one.name) for one in public_zones())]


class NewTemplateForm(TemplateForm):
    """A template that is not there yet also has a code, which its rules carry."""

    code = forms.SlugField(label=_("Name of the template"), max_length=32)


class EscalationForm(forms.Form):
    """When one priority calls again, and is told; in minutes, empty is never."""

    LABELS: ClassVar = {
        "repeat_after_s": _("called again, in seconds"),
        "escalate_after_s": _("told, in seconds"),
        "sms": _("by SMS"),
    }

    version = forms.IntegerField(widget=forms.HiddenInput)
    repeat_min = Number(label=_("Called again every, in minutes"), required=False)
    escalate_min = Number(label=_("Told after, in minutes"), required=False)
    sms = forms.BooleanField(label=_("Told by SMS"), required=False)

    @classmethod
    def of(cls, row: Any) -> EscalationForm:
        """Return the form of what is written."""
        shown = {"version": row.version, "sms": row.sms}
        shown |= {"repeat_min": _minutes(row.repeat_after_s), "escalate_min": _minutes(row.escalate_after_s)}
        return cls(prefix=f"p{row.priority}", initial=shown)

    def values(self) -> dict[str, Any]:
        """Return the columns."""
        repeat, escalate = self.cleaned_data["repeat_min"], self.cleaned_data["escalate_min"]
        return {
            "repeat_after_s": None if repeat is None else round(repeat * 60),
            "escalate_after_s": None if escalate is None else round(escalate * 60),
            "sms": self.cleaned_data["sms"],
        }


def _minutes(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds / 60:.4g}"


class DutyForm(forms.Form):
    """Who is on duty, and when."""

    user = forms.TypedChoiceField(label=_("Supervisor"), coerce=int)
    starts_at = MomentField(label=pgettext_lazy("time", "From"))
    ends_at = MomentField(label=pgettext_lazy("time", "To"))

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose: Any = self.fields["user"]
        choose.choices = people


class QuietForm(forms.Form):
    """Planned work: which zone or sensors, when, and why."""

    zone = forms.CharField(max_length=40, required=False)
    sensors = forms.CharField(max_length=4000, required=False)
    starts = MomentField()
    ends = MomentField()
    reason = forms.CharField(max_length=300)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="quiet-%s")


def initial(rule: Any) -> dict[str, Any]:
    """Return what the form shows of a rule."""
    names = [name for name in RuleForm.base_fields if name not in {"window_min", "other"}]
    shown = {name: _plain(getattr(rule, name)) for name in names}
    shown["window_min"] = _plain(rule.window_s / 60) if rule.window_s else None
    return shown | {"other": rule.other.code if rule.other else ""}


def _plain(value: Any) -> Any:
    """Return 10 for 10.0, as people write it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def initial_of_template(template: Any) -> dict[str, Any]:
    """Return what the form shows of a template."""
    names = [name for name in TemplateForm.base_fields if name not in {"window_min", "zone"}]
    shown = {name: _plain(getattr(template, name)) for name in names}
    shown["window_min"] = _plain(template.window_s / 60) if template.window_s else None
    return shown | {"zone": template.zone.code if template.zone else ""}
