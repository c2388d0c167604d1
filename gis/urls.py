"""Addresses of this app outside the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from gis.api.tiles import TileJsonView, TileView

urlpatterns: list[URLPattern | URLResolver] = [
    path("tiles/<str:layer>/<int:z>/<int:x>/<int:y>.mvt", TileView.as_view(), name="gis-tile"),
    path("tiles/<str:layer>.json", TileJsonView.as_view(), name="gis-tilejson"),
]
