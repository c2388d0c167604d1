"""Who changed what of a rule, a template, an escalation or a duty, as pages show it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.core.models import AuditEntry
from backend.core.queries.audit import entries_of
from backend.core.queries.users import names_of
from webmap.templatetags.pages import day_time

WORDS = {
    "telemetry.rule_created": gettext_lazy("Rule made"),
    "telemetry.rule_changed": gettext_lazy("Rule changed"),
    "telemetry.template_saved": gettext_lazy("Template written"),
    "telemetry.escalation_changed": gettext_lazy("Calls changed"),
    "telemetry.duty_saved": gettext_lazy("Duty written"),
    "telemetry.duty_removed": gettext_lazy("Duty taken away"),
}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change: when, by whom, what, and each value before and after, under the label of its field."""

    at: datetime
    actor: Any
    word: str
    about: str
    values: list[tuple[str, str, str]]


def change_lines(subjects: Collection[str], labels: Mapping[str, Any]) -> list[ChangeLine]:
    """Return the newest changes of some subjects, `model:id`; `labels` names the columns."""
    entries = entries_of(subjects)
    people = names_of({int(told) for entry in entries for told in _ends(entry, "user") if told})
    return [_line(entry, labels, people) for entry in entries]


def _ends(entry: AuditEntry, name: str) -> list[Any]:
    """Return a value before and after, where it changed."""
    told = entry.details.get(name)
    return [told["from"], told["to"]] if isinstance(told, dict) and told.keys() == {"from", "to"} else []


def _line(entry: AuditEntry, labels: Mapping[str, Any], people: Mapping[int, str]) -> ChangeLine:
    values = []
    for name in entry.details:
        if ends := _ends(entry, name):
            before, after = (_shown(name, value, people) for value in ends)
            values.append((str(labels.get(name, name)), before, after))
    about = entry.subject.split(":")[1] if entry.subject.startswith("alarm_escalation:") else ""
    return ChangeLine(entry.at, entry.actor, str(WORDS.get(entry.action, entry.action)), about, values)


def _shown(name: str, value: Any, people: Mapping[int, str]) -> str:
    if value in (None, "", "None"):
        return "–"
    if value in (True, "True"):
        return _("yes")
    if value in (False, "False"):
        return _("no")
    if name == "user":
        return people.get(int(value), "–")
    return day_time(datetime.fromisoformat(value)) if name.endswith("_at") else str(value)
