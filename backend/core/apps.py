from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "backend.core"
    label = "core"
    verbose_name = "Chabaka"

    def ready(self) -> None:
        from backend.core import collectors, metrics, receivers  # noqa: F401

        metrics.register_collector("outbox", collectors.outbox_depth)
        metrics.register_collector("messages", collectors.messages_by_state)
