"""Addresses of this app outside the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from gis.api.ogc.capabilities import LandingView
from gis.api.tiles import TileJsonView, TileView

urlpatterns: list[URLPattern | URLResolver] = [
    path("ogc/", include("gis.api.ogc.urls")),
    # Some clients, QGIS 3.22 among them, do not follow the way to the address with a slash.
    path("ogc", LandingView.as_view(), name="ogc-landing-bare"),
    path("tiles/<str:layer>/<int:z>/<int:x>/<int:y>.mvt", TileView.as_view(), name="gis-tile"),
    path("tiles/<str:layer>.json", TileJsonView.as_view(), name="gis-tilejson"),
]
