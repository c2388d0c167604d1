"""What a map of zones is told by its page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from backend.core.queries.organisation import organisation

MIDDLE = (-2.3258, 34.9285)


def map_of(route: str, *args: Any, mode: str = "view", query: str = "") -> dict[str, Any]:
    """Return where a map finds its outlines and what is done on it: `view`, `polygon`, `edit` or `line`."""
    operator = organisation()
    centre = operator.centre if operator else None
    return {
        "outlines": reverse(route, args=args) + (f"?{query}" if query else ""),
        "mode": mode,
        "lon": centre.x if centre else MIDDLE[0],
        "lat": centre.y if centre else MIDDLE[1],
        "basemap": settings.BASEMAP_STYLE_URL or "",
    }
