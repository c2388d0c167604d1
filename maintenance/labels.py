"""What states, priorities and pauses are called, in the language of the moment."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

DIGEST = re.compile(r"[0-9a-f]{24}")

REPORT_STATES: Mapping[str, Promise] = {
    "submitted": pgettext_lazy("report", "Submitted"),
    "received": pgettext_lazy("report", "Received"),
    "triaged": pgettext_lazy("report", "Examined"),
    "info_requested": pgettext_lazy("report", "Information requested"),
    "linked": pgettext_lazy("report", "Linked to an incident"),
    "in_progress": pgettext_lazy("report", "Being dealt with"),
    "resolved": pgettext_lazy("report", "Resolved"),
    "closed": pgettext_lazy("report", "Closed"),
    "rejected": pgettext_lazy("report", "Not accepted"),
    "out_of_scope": pgettext_lazy("report", "Outside our services"),
    "duplicate": pgettext_lazy("report", "Already reported"),
    "reopen_requested": pgettext_lazy("report", "Reopening requested"),
}
INCIDENT_STATES: Mapping[str, Promise] = {
    "suspected": pgettext_lazy("incident", "Suspected"),
    "confirmed": pgettext_lazy("incident", "Confirmed"),
    "isolated": pgettext_lazy("incident", "Isolated"),
    "repairing": pgettext_lazy("incident", "Under repair"),
    "restored": pgettext_lazy("incident", "Restored"),
    "closed": pgettext_lazy("incident", "Closed"),
    "false_alarm": pgettext_lazy("incident", "False alarm"),
    "merged": pgettext_lazy("incident", "Merged"),
}
ORDER_STATES: Mapping[str, Promise] = {
    "draft": pgettext_lazy("work order", "Draft"),
    "approved": pgettext_lazy("work order", "Approved"),
    "planned": pgettext_lazy("work order", "Planned"),
    "dispatched": pgettext_lazy("work order", "Dispatched"),
    "declined": pgettext_lazy("work order", "Declined"),
    "accepted": pgettext_lazy("work order", "Accepted"),
    "en_route": pgettext_lazy("work order", "On the way"),
    "on_site": pgettext_lazy("work order", "On site"),
    "paused": pgettext_lazy("work order", "Paused"),
    "work_done": pgettext_lazy("work order", "Work done"),
    "rework": pgettext_lazy("work order", "To be redone"),
    "verified": pgettext_lazy("work order", "Verified"),
    "closed": pgettext_lazy("work order", "Closed"),
    "cancelled": pgettext_lazy("work order", "Cancelled"),
}
PRIORITIES: Mapping[int, Promise] = {
    1: pgettext_lazy("priority", "Urgent"),
    2: pgettext_lazy("priority", "High"),
    3: pgettext_lazy("priority", "Normal"),
    4: pgettext_lazy("priority", "Low"),
}
PAUSES: Mapping[str, Promise] = {
    "parts": _("Waiting for parts"),
    "access": _("No access"),
    "weather": _("Weather"),
    "safety": _("Safety"),
}


def supply_group(key: str, fallback: str = "") -> str:
    """Name an isolation segment or a transformer by its key (`network/kind/name`).

    A long name is kept as a digest in the key: the fallback is what it was called when it was found.
    """
    kind, _slash, name = key.partition("/")[2].partition("/")
    if not name or DIGEST.fullmatch(name):
        return fallback
    if kind == "transformer":
        return gettext("Transformer %(code)s") % {"code": name.removeprefix("transformer-")}
    return gettext("Segment of %(code)s") % {"code": name}


def report_state(code: str) -> str:
    """Name a state of a report."""
    return str(REPORT_STATES.get(code, code))


def incident_state(code: str) -> str:
    """Name a state of an incident."""
    return str(INCIDENT_STATES.get(code, code))


def order_state(code: str) -> str:
    """Name a state of a work order."""
    return str(ORDER_STATES.get(code, code))


def priority(level: int) -> str:
    """Name a priority, 1 (most urgent) to 4."""
    return str(PRIORITIES.get(level, level))


def pause_kind(code: str) -> str:
    """Name the kind of a pause."""
    return str(PAUSES.get(code, code))
