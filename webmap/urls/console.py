"""The control room and its live stream."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webmap.views import console, live

urlpatterns: list[URLPattern | URLResolver] = [
    path("console/", console.console, name="console"),
    path("live/", live.live, name="live"),
]
