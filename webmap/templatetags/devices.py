"""Tags of the pages of devices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backend.core import clock
from telemetry.queries.device_words import PROBLEMS, REASONS, STATES, error_words
from webmap.templatetags.pages import amount
from webmap.templatetags.webmap import badge

register = template.Library()

STATE = {
    "online": ("done", "circle-check"),
    "late": ("high", "clock"),
    "stale": ("critical", "wifi-off"),
    "never": ("quiet", "circle-help"),
}
PROBLEM = {
    "clock": "timer",
    "gaps": "list",
    "letters": "inbox",
    "silent": "plug-zap",
    "battery": "battery-low",
}
BAR, HEIGHT = 4, 24


@register.simple_tag
def device_state(state: str) -> SafeString:
    """Say how a device is heard by shape, colour and word."""
    return badge(str(STATES[state]), *STATE[state])


@register.simple_tag
def device_problem(problem: str) -> SafeString:
    """Say what is wrong with a device by shape, colour and word."""
    return badge(str(PROBLEMS[problem]), "high", PROBLEM[problem])


@register.filter
def error_text(error: Any) -> str:
    """Say what last went wrong with a device."""
    return error_words(error)


@register.filter
def reason_words(reason: str) -> str:
    """Say why a value is of no use."""
    return str(REASONS.get(reason, reason))


@register.filter
def age_words(seconds: float) -> str:
    """Write an age in its largest whole unit, as the scripts do: 12 s, 4 min, 3 h, 2 d."""
    s = max(round(seconds), 0)
    if s < 60:
        return _("%(n)s s") % {"n": s}
    if s < 3600:
        return _("%(n)s min") % {"n": s // 60}
    return _("%(n)s h") % {"n": s // 3600} if s < 172_800 else _("%(n)s d") % {"n": localize(s // 86_400)}


@register.filter
def since(at: datetime | None) -> SafeString | str:
    """Write how long ago an instant was; scripts let it grow."""
    if at is None:
        return ""
    words = age_words((clock.now() - at).total_seconds())
    return format_html('<time class="age" datetime="{}" data-since>{}</time>', at.isoformat(), words)


@register.filter
def level(told: Any) -> SafeString:
    """Write a charge or a signal with its unit, left to right in every language."""
    if told.unit == "1":
        return format_html('<bdi dir="ltr">{}&nbsp;%</bdi>', amount(told.value * 100))
    return format_html('<bdi dir="ltr">{}&nbsp;{}</bdi>', amount(told.value), told.unit)


@register.filter
def skew(seconds: float | None) -> SafeString | str:
    """Write how far a clock is off, with its sign."""
    if seconds is None:
        return "–"
    sign = "+" if seconds >= 0.05 else "−" if seconds <= -0.05 else "±"
    size = abs(seconds)
    words = _("%(n)s s") % {"n": localize(round(size, 1))} if size < 60 else age_words(size)
    return format_html('<bdi dir="ltr">{}{}</bdi>', sign, words)


@register.simple_tag
def hour_bars(hours: Sequence[int], label: str) -> SafeString:
    """Draw readings by hour as bars as high as the most; the hour that runs is paler."""
    most = max((*hours, 1))
    bars = [
        (place * BAR, HEIGHT - (height := max(round(HEIGHT * n / most, 1), 1 if n else 0)), BAR - 1, height,
         "bar-now" if place == len(hours) - 1 else "")
        for place, n in enumerate(hours)
    ]  # fmt: skip
    drawn = format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}" class="{}"/>', bars)
    return format_html(
        '<svg class="hour-bars" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}</svg>',
        len(hours) * BAR,
        HEIGHT,
        label,
        drawn,
    )
