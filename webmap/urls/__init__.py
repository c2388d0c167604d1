"""Addresses of the pages and of the live stream."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("webmap.urls.shell")),
    path("", include("webmap.exports.urls")),
    path("", include("webmap.urls.console")),
    path("", include("webmap.urls.pages")),
    path("network/", include("webmap.urls.network")),
    path("telemetry/", include("webmap.urls.telemetry")),
    path("telemetry/alarms/", include("webmap.urls.alarms")),
]
