"""Tags of the networks' own pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webmap.templatetags.pages import day_time
from webmap.templatetags.webmap import badge
from webmap.views.network.reports import STEPS, undo_refused

register = template.Library()

JOB = {
    "receiving": ("medium", "upload"),
    "received": ("medium", "circle-dot"),
    "checking": ("active", "loader-circle"),
    "checked": ("done", "check"),
    "refused": ("high", "triangle-alert"),
    "importing": ("active", "loader-circle"),
    "done": ("done", "check-check"),
    "failed": ("critical", "octagon-alert"),
    "discarded": ("quiet", "ban"),
}


DEEDS = {
    "redrawn": gettext_lazy("Redrawn"),
    "split": gettext_lazy("Split"),
    "merged": gettext_lazy("Joined with others"),
    "closed": gettext_lazy("Ended"),
    "described": gettext_lazy("Named or placed anew"),
    "rehung": gettext_lazy("Hung from another zone"),
}
ZONE_FIELDS = {
    "name_fr": gettext_lazy("name in French"),
    "name_ar": gettext_lazy("name in Arabic"),
    "parent": gettext_lazy("part of"),
    "kind": gettext_lazy("kind"),
    "utility": gettext_lazy("utility"),
    "ended_at": gettext_lazy("end"),
}


@register.filter
def zone_deed(what: str) -> str:
    """Name what was done to a zone."""
    return str(DEEDS.get(what, what))


@register.filter
def zone_field(field: str) -> str:
    """Name a field of a zone."""
    return str(ZONE_FIELDS.get(field, field))


@register.filter
def zone_value(value: Any) -> Any:
    """Write a value of a zone's field; a dash where there is none."""
    return day_time(value) if isinstance(value, datetime) else value or "–"


@register.simple_tag
def job_badge(job: Any) -> SafeString:
    """Say where a file stands."""
    return badge(job.get_state_display(), *JOB[job.state])


@register.simple_tag
def import_step(progress: dict[str, Any] | None) -> str:
    """Name the step a running import is at."""
    return str(STEPS.get(progress["step"], "")) if progress else ""


@register.filter
def import_sums(record: Any) -> dict[str, int]:
    """Sum what an import made new and what it changed."""
    counts = record.counts.values()
    return {name: sum(step.get(name, 0) for step in counts) for name in ("created", "updated")}


@register.filter
def undo_refusal(record: Any) -> str:
    """Say why an import was not undone when somebody asked."""
    return undo_refused(record.undo_refusal)


@register.filter
def kilometres(length_km: float | None) -> str:
    """Write a length in kilometres."""
    return _("%(n)s km") % {"n": localize(round(length_km or 0, 1))}
