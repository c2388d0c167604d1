"""Light, dark, or as the device says."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

COOKIE = "chabaka_theme"
CHOICES = ("light", "dark", "auto")
NIGHT_STARTS, NIGHT_ENDS = 19, 7


def theme_for(cookie: str | None, *, face: str, now: datetime) -> str:
    """Return `light`, `dark`, or an empty string for "as the device says".

    The control room is dark at night unless the person chose otherwise.

    Args:
        cookie: the remembered choice.
        face: `public`, `field` or `console`.
        now: an aware instant; the hour is read in the active time zone.
    """
    if cookie in ("light", "dark"):
        return cookie
    hour = timezone.localtime(now).hour
    if face == "console" and cookie != "auto" and (hour >= NIGHT_STARTS or hour < NIGHT_ENDS):
        return "dark"
    return ""
