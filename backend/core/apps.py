from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "backend.core"
    label = "core"
    verbose_name = "Chabaka"

    def ready(self) -> None:
        from backend.core import receivers  # noqa: F401
