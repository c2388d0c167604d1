"""The citizens' pages, the technicians' and the dispatchers'."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
