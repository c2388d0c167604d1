"""Health and readiness."""

from __future__ import annotations

from django.urls import path

from backend.core import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
