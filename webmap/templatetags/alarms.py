"""Tags of the alarm pages."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from telemetry.queries.alarm_rules import STATES
from telemetry.queries.alarm_words import duration
from webmap.templatetags.webmap import badge

register = template.Library()

TONES = {
    "normal": ("done", "check"),
    "active_unacknowledged": ("critical", "bell"),
    "active_acknowledged": ("active", "check"),
    "cleared_unacknowledged": ("high", "bell"),
    "shelved": ("quiet", "clock"),
    "suppressed": ("quiet", "bell-off"),
    "out_of_service": ("quiet", "ban"),
}


@register.simple_tag
def alarm_state(state: str) -> SafeString:
    """Say the state of an alarm by shape, colour and word."""
    tone, drawing = TONES.get(state, ("quiet", "circle-help"))
    return badge(str(dict(STATES).get(state, state)), tone, drawing)


@register.filter
def spell_time(seconds: float | None) -> str:
    """Say a time in seconds as people say it; nothing known is a dash."""
    return "–" if seconds is None else duration(seconds)
