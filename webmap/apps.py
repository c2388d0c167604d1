from __future__ import annotations

from django.apps import AppConfig


class WebmapConfig(AppConfig):
    name = "webmap"
