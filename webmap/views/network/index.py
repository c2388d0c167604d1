"""What each network holds, and the way to everything done with it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.core.decorators import role_required
from gis.queries.exports import MOST_AT_ONCE
from gis.queries.networks import network_sizes
from webmap.attempts import Refusal
from webmap.views.network import READERS


@never_cache
@require_safe
@role_required(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """List the networks."""
    return listed(request)


def listed(request: HttpRequest, *, refusal: Refusal | None = None) -> HttpResponse:
    """Show the list; files of large networks are asked for, those of the others are given at once."""
    networks = network_sizes()
    large = {
        row.network.pk for row in networks if row.nodes + row.links + row.connection_points > MOST_AT_ONCE
    }
    context = {"networks": networks, "large": large, "refusal": refusal}
    return render(request, "network/index.html", context, status=refusal.status if refusal else 200)
