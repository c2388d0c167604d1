"""The way into the telemetry section."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from backend.core.decorators import role_required
from webmap.views.telemetry import READERS


@require_safe
@role_required(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """Lead to the first page."""
    return redirect("telemetry_devices")
