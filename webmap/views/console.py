"""The control room: one page; everything on it comes from the API, the tiles and the live stream."""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.geos import Point
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from backend.core.decorators import role_required
from backend.core.models import Role
from backend.core.queries.organisation import organisation
from backend.core.queries.users import roles_of

CONSOLE_ROLES = (Role.SUPERVISOR, Role.DISPATCHER, Role.ADMINISTRATOR, Role.ANALYST)
OPERATORS = frozenset({Role.SUPERVISOR.value, Role.DISPATCHER.value})
EDITORS = frozenset({Role.SUPERVISOR.value, Role.ADMINISTRATOR.value})
ANYWHERE = Point(-2.3276, 34.926, srid=4326)


@never_cache
@require_safe
@ensure_csrf_cookie
@role_required(*CONSOLE_ROLES)
def console(request: HttpRequest) -> HttpResponse:
    """Show the live map."""
    roles = roles_of(request.user)
    context = {
        "centre": organisation().centre or ANYWHERE,
        "basemap": settings.BASEMAP_STYLE_URL or "",
        "home_zone": request.GET.get("zone", ""),
        "can_acknowledge": bool(roles & OPERATORS),
        "can_edit": bool(roles & EDITORS),
    }
    return render(request, "console/index.html", context)
