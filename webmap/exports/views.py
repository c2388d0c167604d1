"""The files people take away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from backend.core import clock
from backend.core.queries.users import is_staff_member
from webmap.exports.zones_map import zones_map


@require_safe
def zones_map_file(request: HttpRequest) -> HttpResponse:
    """Serve the map of zones as one file to keep: with the networks for staff, zones alone for the public."""
    now = clock.now()
    page = zones_map(reader=request.user, with_networks=is_staff_member(request.user), at=now)
    name = f"zones-{clock.local_day(now).isoformat()}.html"
    return HttpResponse(
        page,
        content_type="text/html; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, max-age=60",
        },
    )
