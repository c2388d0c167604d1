"""What the button of each change of state says, and in which order buttons stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.core.domain.states import StateTable
from maintenance.domain.states import INCIDENT, ORDER, REPORT
from maintenance.labels import incident_state

ORDER_VERBS: dict[str, Promise] = {
    "approved": pgettext_lazy("order button", "Approve"),
    "planned": pgettext_lazy("order button", "Plan"),
    "accepted": pgettext_lazy("order button", "Accept the order"),
    "en_route": pgettext_lazy("order button", "I am on my way"),
    "on_site": pgettext_lazy("order button", "I have arrived"),
    "work_done": pgettext_lazy("order button", "The work is done"),
    "paused": pgettext_lazy("order button", "Pause"),
    "declined": pgettext_lazy("order button", "Decline"),
    "verified": pgettext_lazy("order button", "Verify the work"),
    "rework": pgettext_lazy("order button", "Send back to redo"),
    "closed": pgettext_lazy("order button", "Close the order"),
    "cancelled": pgettext_lazy("order button", "Cancel the order"),
}
BACK_ON_SITE: dict[str, Promise] = {"paused": _("Resume the work"), "rework": _("Go back to the work")}
INCIDENT_VERBS: dict[str, Promise] = {
    "confirmed": pgettext_lazy("incident button", "Confirm"),
    "isolated": pgettext_lazy("incident button", "Declare it isolated"),
    "repairing": pgettext_lazy("incident button", "Repair begins"),
    "restored": pgettext_lazy("incident button", "Supply is restored"),
    "closed": pgettext_lazy("incident button", "Close the incident"),
    "false_alarm": pgettext_lazy("incident button", "False alarm"),
    "merged": pgettext_lazy("incident button", "Merge into another"),
}
REPORT_VERBS: dict[str, Promise] = {
    "received": pgettext_lazy("report button", "Receive"),
    "triaged": pgettext_lazy("report button", "Mark as examined"),
    "info_requested": pgettext_lazy("report button", "Ask the reporter"),
    "rejected": pgettext_lazy("report button", "Do not accept"),
    "out_of_scope": pgettext_lazy("report button", "Outside our services"),
    "duplicate": pgettext_lazy("report button", "Already reported"),
    "in_progress": pgettext_lazy("report button", "Being dealt with"),
    "resolved": pgettext_lazy("report button", "Resolved"),
    "closed": pgettext_lazy("report button", "Close the report"),
}
GRAVE = frozenset(
    {"cancelled", "declined", "false_alarm", "rejected", "merged", "rework", "out_of_scope", "paused"}
)
"""Changes that are offered second, behind a fold."""


INCIDENT_WAY = ("suspected", "confirmed", "isolated", "repairing", "restored", "closed")


@dataclass(frozen=True, slots=True)
class Button:
    """One change that may be asked for."""

    to: str
    text: str
    needs_reason: bool
    grave: bool


def order_buttons(state: str, allowed: Iterable[str]) -> list[Button]:
    """Return the buttons of an order in a state."""
    buttons = _buttons(ORDER, ORDER_VERBS, state, (to for to in allowed if to != "dispatched"))
    return [
        Button(b.to, str(BACK_ON_SITE[state]), b.needs_reason, b.grave)
        if b.to == "on_site" and state in BACK_ON_SITE
        else b
        for b in buttons
    ]


def incident_buttons(state: str, allowed: Iterable[str], *, alarm_active: bool = False) -> list[Button]:
    """Return the buttons of an incident in a state; restoring under an active alarm asks why."""
    buttons = _buttons(INCIDENT, INCIDENT_VERBS, state, allowed)
    return [replace(b, needs_reason=True) if alarm_active and b.to == "restored" else b for b in buttons]


def incident_steps() -> list[str]:
    """Name the states on the way from suspicion to closure."""
    return [incident_state(state) for state in INCIDENT_WAY]


def report_buttons(state: str, allowed: Iterable[str]) -> list[Button]:
    """Return the buttons of a report in a state; linking has a form of its own."""
    return _buttons(REPORT, REPORT_VERBS, state, (to for to in allowed if to in REPORT_VERBS))


def _buttons(
    table: StateTable, verbs: dict[str, Promise], state: str, allowed: Iterable[str]
) -> list[Button]:
    edges = [edge for to in allowed if (edge := table.edge(state, to))]
    found = [Button(e.to, str(verbs.get(e.to, e.to)), e.needs_reason, e.to in GRAVE) for e in edges]
    return sorted(found, key=lambda button: button.grave)
