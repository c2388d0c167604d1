from __future__ import annotations

from django.apps import AppConfig


class GisConfig(AppConfig):
    name = "gis"
