"""What people are told by SMS.

The French texts keep to the GSM-7 alphabet (é, è, à but no ç, ê or curly apostrophe): one such letter halves
what fits in a segment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.core import clock
from backend.core.queries.organisation import organisation
from backend.core.services.messages import notify, register_sms
from maintenance.models import Incident, Report

RECEIVED, OUTSIDE = "maintenance.report_received", "maintenance.report_outside"
UNDER_WAY, UNDER_WAY_UNTIL = "maintenance.order_under_way", "maintenance.order_under_way_until"
RESTORED, NO_FAULT = "maintenance.restored", "maintenance.no_fault"
WATER_CUT, POWER_CUT = "maintenance.water_cut", "maintenance.power_cut"
INFORMATION = "maintenance.information_requested"

TEXTS = {
    RECEIVED: gettext_noop(
        "%(organisation)s: your report %(reference)s is recorded. Keep this reference to follow it."
    ),
    OUTSIDE: gettext_noop(
        "%(organisation)s: your report %(reference)s is recorded. "
        "The place is outside our service area: we will tell you who answers for it."
    ),
    UNDER_WAY: gettext_noop("%(organisation)s: a team is on its way for your report %(reference)s."),
    UNDER_WAY_UNTIL: gettext_noop(
        "%(organisation)s: a team is on its way for your report %(reference)s. "
        "Expected restoration: %(expected)s."
    ),
    RESTORED: gettext_noop(
        "%(organisation)s: the service is restored (report %(reference)s). "
        "If the problem remains, tell us within 14 days."
    ),
    NO_FAULT: gettext_noop(
        "%(organisation)s: we found no fault on the network (report %(reference)s). "
        "If the problem remains, tell us within 14 days."
    ),
    WATER_CUT: gettext_noop(
        "%(organisation)s: a network fault cuts off your water. Expected restoration: %(expected)s. "
        "We apologise."
    ),
    POWER_CUT: gettext_noop(
        "%(organisation)s: a network fault cuts off your electricity. "
        "Expected restoration: %(expected)s. We apologise."
    ),
    INFORMATION: gettext_noop(
        "%(organisation)s: we need a detail about your report %(reference)s. Answer on its tracking page."
    ),
}


def register() -> None:
    """Give every message its wording."""
    for name, text in TEXTS.items():
        register_sms(name, _wording(text))


def _wording(text: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda context: _(text) % {"organisation": organisation().name, **context}


def tell_reporter(report: Report, template: str, **context: Any) -> None:
    """Tell who filed a report, once for each message and each time it is reopened."""
    round_ = report.transitions.filter(to_state="reopen_requested").count()
    notify(
        report.phone,
        report.language,
        template,
        {"reference": report.reference, **context},
        f"{template}:report:{report.pk}:{round_}",
    )


def tell_affected(incident: Incident, *, phone: str, language: str, expected_at: datetime) -> None:
    """Tell a customer of an incident when the supply should be back, once."""
    template = POWER_CUT if incident.utility == "electricity" else WATER_CUT
    notify(
        phone,
        language,
        template,
        {"expected": told_time(expected_at)},
        f"{template}:incident:{incident.pk}:{phone}",
    )


def told_time(at: datetime) -> str:
    """Return a local time as people write it, with the day when it is not today."""
    local = at.astimezone(clock.LOCAL)
    today = clock.local_day(clock.now())
    return local.strftime("%H:%M" if local.date() == today else "%d/%m %H:%M")
