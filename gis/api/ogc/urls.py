"""Addresses under `/ogc/`, as OGC API names them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from gis.api.ogc import capabilities, collections, items, tilesets

ONE = "collections/<str:collection_id>"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", capabilities.LandingView.as_view(), name="ogc-landing"),
    path("conformance", capabilities.ConformanceView.as_view(), name="ogc-conformance"),
    path("api", capabilities.ApiView.as_view(), name="ogc-api"),
    path("api.html", capabilities.ApiDocsView.as_view(), name="ogc-docs"),
    path("collections", collections.CollectionListView.as_view(), name="ogc-collections"),
    path(ONE, collections.CollectionDetailView.as_view(), name="ogc-collection"),
    path(f"{ONE}/queryables", collections.QueryablesView.as_view(), name="ogc-queryables"),
    path(f"{ONE}/items", items.ItemsView.as_view(), name="ogc-items"),
    path(f"{ONE}/items/<int:feature_id>", items.ItemView.as_view(), name="ogc-item"),
    path(f"{ONE}/tiles", tilesets.TilesetListView.as_view(), name="ogc-tilesets"),
    path(f"{ONE}/tiles/{tilesets.GRID}", tilesets.TilesetView.as_view(), name="ogc-tileset"),
    path("tileMatrixSets", tilesets.MatrixSetListView.as_view(), name="ogc-matrix-sets"),
    path(f"tileMatrixSets/{tilesets.GRID}", tilesets.MatrixSetView.as_view(), name="ogc-matrix-set"),
]
