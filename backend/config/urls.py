"""Every address of the platform; each app brings its own under a common prefix."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("backend.core.urls")),
    path("api/v1/", include("gis.api.urls")),
    path("api/v1/", include("telemetry.api.urls")),
    path("api/v1/", include("metering.api.urls")),
    path("api/v1/", include("maintenance.api.urls")),
    path("", include("gis.urls")),
    path("", include("webmap.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]
