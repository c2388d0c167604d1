"""The front door: report, follow, know."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gis import queries as gis
from maintenance import queries as maintenance


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Offer the two things people come for, and tell what is out now."""
    context = {
        "outages": maintenance.public_outages(limit=8),
        "zones": [zone for zone in gis.public_zones() if zone.kind in {"commune", "district", "dma"}],
        "categories": list(maintenance.categories())[:6],
    }
    return render(request, "citizen/home.html", context)
