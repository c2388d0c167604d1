"""Addresses of the files people take away."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webmap.exports import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("zones/map.html", views.zones_map_file, name="zones-map-file"),
]
