"""Addresses of this app outside the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from gis.api.tiles import TileJsonView, TileView

urlpatterns: list[URLPattern | URLResolver] = [
    path("ogc/", include("gis.api.ogc.urls")),
    path("tiles/<str:layer>/<int:z>/<int:x>/<int:y>.mvt", TileView.as_view(), name="gis-tile"),
    path("tiles/<str:layer>.json", TileJsonView.as_view(), name="gis-tilejson"),
]
