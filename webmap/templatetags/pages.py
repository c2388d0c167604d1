"""Tags of the citizens', technicians' and dispatchers' pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.template.defaultfilters import filesizeformat, floatformat
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.core import clock
from backend.core.domain.phones import national_form
from telemetry.queries.device_words import fault_words
from webmap.templatetags.webmap import badge, icon

register = template.Library()

CATEGORY_ICONS = {
    "no-water": "droplet-off",
    "low-pressure": "gauge",
    "visible-leak": "waves",
    "water-quality": "test-tube-diagonal",
    "water-meter": "asset-meter",
    "no-power": "zap-off",
    "low-voltage": "zap",
    "dangerous-cable": "triangle-alert",
    "electric-meter": "asset-meter",
}

# Tone and icon of each state; a state is always said in words too.
REPORT = {
    "info_requested": ("high", "message-square-text"),
    "linked": ("active", "circle-dot"),
    "in_progress": ("active", "wrench"),
    "resolved": ("done", "check"),
    "closed": ("quiet", "check-check"),
    "rejected": ("quiet", "ban"),
    "out_of_scope": ("quiet", "ban"),
    "duplicate": ("quiet", "copy"),
    "reopen_requested": ("high", "rotate-ccw"),
}
INCIDENT = {
    "suspected": ("medium", "circle-help"),
    "confirmed": ("critical", "octagon-alert"),
    "isolated": ("high", "shield-check"),
    "repairing": ("active", "wrench"),
    "restored": ("done", "check"),
    "closed": ("quiet", "check-check"),
    "false_alarm": ("quiet", "ban"),
    "merged": ("quiet", "copy"),
}
ORDER = {
    "dispatched": ("medium", "send"),
    "declined": ("critical", "undo-2"),
    "accepted": ("active", "thumbs-up"),
    "en_route": ("active", "truck"),
    "on_site": ("active", "wrench"),
    "paused": ("high", "circle-pause"),
    "work_done": ("medium", "check"),
    "rework": ("high", "rotate-ccw"),
    "verified": ("done", "shield-check"),
    "closed": ("quiet", "check-check"),
    "cancelled": ("quiet", "ban"),
}
STATES = {"report": REPORT, "incident": INCIDENT, "order": ORDER}


@register.simple_tag
def category_icon(code: str, css: str = "") -> SafeString:
    """Draw the icon of a kind of problem."""
    return icon(CATEGORY_ICONS.get(code, "circle-help"), css)


@register.simple_tag
def state_badge(kind: str, state: str, label: str) -> SafeString:
    """Say a state of a report, an incident or an order."""
    tone, name = STATES[kind].get(state, ("", "circle"))
    return badge(label, tone, name)


@register.filter
def plain_number(value: Any, default: str = "") -> str:
    """Write a number for programs: a point, no grouping, in every language."""
    return default if value in (None, "") else localize(value, use_l10n=False)


@register.filter
def byte_size(count: int) -> str:
    """Write a number of bytes; Django's own words for less than a kilobyte know no Arabic plurals."""
    if count >= 1024:
        return filesizeformat(count)
    return ngettext("%(n)s byte", "%(n)s bytes", count) % {"n": count}


@register.filter
def measured(value: float | None) -> str:
    """Write a value with six digits that count; very large and very small ones by their power."""
    if value is None:
        return "–"
    text = f"{value:.6g}"
    return text if "e" in text else str(localize(float(text) if "." in text else int(text)))


@register.filter
def day_time(at: datetime | None) -> SafeString | str:
    """Write an instant in local time, with its day when that is not today."""
    if at is None:
        return ""
    local = timezone.localtime(at, clock.LOCAL)
    style = "TIME_FORMAT" if local.date() == clock.local_day(clock.now()) else "DATETIME_FORMAT"
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), date_format(local, style))


@register.filter
def clock_time(at: datetime | None) -> str:
    """Write the local time alone, for what ends within a day."""
    return date_format(timezone.localtime(at, clock.LOCAL), "TIME_FORMAT") if at else ""


@register.filter
def phone_number(e164: str) -> SafeString:
    """Write a number as people read it, left to right in every language."""
    return format_html('<bdi dir="ltr">{}</bdi>', national_form(e164))


@register.filter
def distance(metres: float | None) -> str:
    """Write a distance in metres or kilometres."""
    if metres is None:
        return ""
    if metres < 1000:
        return _("%(n)s m") % {"n": localize(round(metres))}
    return _("%(n)s km") % {"n": localize(round(metres / 1000, 1))}


@register.simple_tag
def map_url(lon: float, lat: float, incident: str = "") -> str:
    """Return the address of a place on the control room's map."""
    chosen = f"&sel=incident:{incident}&tab=incidents" if incident else ""
    return f"/console/#map=17.00/{lat:.5f}/{lon:.5f}{chosen}"


UTILITIES = {
    "water": gettext_lazy("Water"),
    "electricity": gettext_lazy("Electricity"),
    "sewerage": gettext_lazy("Sewerage"),
}
UNITS = {"m3": "m³"}


@register.simple_tag
def utility_name(code: str) -> str:
    """Name a utility."""
    return str(UTILITIES.get(code, code))


@register.filter
def amount(value: Any) -> str:
    """Write a quantity with as many digits as it deserves; nothing known is a dash."""
    if value is None:
        return "–"
    number = float(value)
    places = 0 if abs(number) >= 100 else 1 if abs(number) >= 10 else 2
    return floatformat(number, f"{places}g")


@register.simple_tag
def figure(value: Any, unit: str = "") -> SafeString:
    """Write a quantity and its unit, left to right in every language; nothing known is said as such."""
    if value is None:
        return format_html('<span class="muted" title="{}">–</span>', _("not known"))
    if not unit:
        return format_html('<bdi dir="ltr">{}</bdi>', amount(value))
    return format_html('<bdi dir="ltr">{}&nbsp;<small>{}</small></bdi>', amount(value), UNITS.get(unit, unit))


@register.filter
def percent(share: float | None) -> str:
    """Write a share as a percentage."""
    return "–" if share is None else f"{floatformat(share * 100, '0g')}\u00a0%"


@register.simple_tag
def share(value: float | None) -> SafeString:
    """Write a share as a percentage, left to right in every language."""
    return format_html('<bdi dir="ltr">{}</bdi>', percent(value))


@register.simple_tag
def change(value: float | None, kind: str = "share") -> SafeString:
    """Write a change with its sign; the sign says what a colour would."""
    if value is None:
        return format_html('<span class="muted" title="{}">–</span>', _("not known"))
    points = value if kind == "percent" else value * 100
    sign = "+" if points >= 0.5 else "−" if points <= -0.5 else "±"
    return format_html('<bdi dir="ltr">{}{}&nbsp;%</bdi>', sign, floatformat(abs(points), "0g"))


@register.filter
def fault_name(reason: str) -> str:
    """Name the reason of a dead letter; one that has no name here is shown as it is."""
    return fault_words(reason)
