"""What each network holds, and the way to everything done with it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.core.decorators import role_required
from gis.queries.networks import network_sizes
from webmap.views.network import READERS


@never_cache
@require_safe
@role_required(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """List the networks."""
    return render(request, "network/index.html", {"networks": network_sizes()})
