"""The pages of the telemetry section, in the order of the tabs: one line for each."""

from __future__ import annotations

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from webmap.views.network.sections import Section, Tab
from webmap.views.telemetry import EDITORS

SECTIONS: tuple[Section, ...] = (
    Section(
        "telemetry_devices",
        "signal",
        _("Devices"),
        _("Which devices are heard, and what is wrong with the others."),
    ),
    Section(
        "telemetry_families",
        "sliders-horizontal",
        _("Device families"),
        _("How the messages of each kind of device are read, tried on a real message before it counts."),
    ),
    Section(
        "telemetry_letters",
        "inbox",
        _("Dead letters"),
        _("Messages that could not be read: why, and read again once that is mended."),
        EDITORS,
    ),
    Section(
        "telemetry_sparkplug",
        "radio-tower",
        _("Sparkplug"),
        _("Which edge nodes are there, and which wait to be taken in."),
    ),
    Section(
        "telemetry_registers",
        "table-2",
        _("Try registers"),
        _("What the words of a Modbus device mean, in every type and order."),
        EDITORS,
    ),
    Section(
        "telemetry_alarm_rules",
        "bell",
        _("Alarm rules"),
        _("What is watched on each sensor, and what it would have raised."),
    ),
    Section(
        "telemetry_alarm_calls",
        "phone-call",
        _("Alarm calls"),
        _("When an alarm calls again, and who is told where nobody answers."),
    ),
    Section(
        "telemetry_alarm_figures",
        "activity",
        _("Alarm figures"),
        _("How well the alarms serve those who answer them."),
    ),
    Section(
        "telemetry_alarm_journal",
        "history",
        _("Alarm journal"),
        _("Every change of every alarm, to read or take away."),
    ),
    Section(
        "telemetry_alarm_aside",
        "bell-off",
        pgettext_lazy("alarms", "Set aside"),
        _("What is shelved, suppressed or out of service, and planned work."),
    ),
)


def tabs(roles: Collection[str], path: str) -> list[Tab]:
    """Return the pages that holders of these roles may enter, the one that `path` lies in marked."""
    allowed = {reverse(one.url_name): one for one in SECTIONS if not set(one.roles).isdisjoint(roles)}
    if path.startswith(reverse("telemetry_alarm_template_new").removesuffix("new/")):
        path = reverse("telemetry_alarm_rules")  # where templates are listed
    here = max((href for href in allowed if path.startswith(href)), key=len, default="")
    return [Tab(section, href, href == here) for href, section in allowed.items()]
