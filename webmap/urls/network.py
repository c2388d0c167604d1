"""The networks' own pages, under `/network/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webmap.views.network import index

urlpatterns: list[URLPattern | URLResolver] = [
    path("", index.index, name="network"),
]
