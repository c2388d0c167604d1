"""The pages of telemetry, under `/telemetry/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webmap.views.telemetry import families, index, letters

urlpatterns: list[URLPattern | URLResolver] = [
    path("", index.index, name="telemetry"),
    path("families/", families.listed, name="telemetry_families"),
    path("families/new/", families.family, name="telemetry_family_new"),
    path("families/of/<slug:code>/", families.family, name="telemetry_family"),
    path("dead-letters/", letters.listed, name="telemetry_letters"),
    path("dead-letters/decide/", letters.decide, name="telemetry_letters_decide"),
    path("dead-letters/<int:letter_id>/", letters.one, name="telemetry_letter"),
]
