from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelemetryConfig(AppConfig):
    name = "telemetry"
    verbose_name = _("Telemetry")

    def ready(self) -> None:
        from backend.core.health import register_check
        from backend.core.metrics import register_collector
        from gis.queries.search import register_search
        from telemetry import collectors, receivers  # noqa: F401
        from telemetry.queries.search import search_sensors
        from telemetry.services.alarms import escalation

        register_collector("telemetry_processes", collectors.processes)
        register_collector("telemetry_quality", collectors.quality)
        register_search("sensors", search_sensors)
        escalation.register()
        register_check("ingest", _ingest, informational=True)


def _ingest() -> str | None:
    """Tell whether the ingester listens to the broker. Pages and lists work without it."""
    from telemetry.queries.health import is_ingest_alive

    return None if is_ingest_alive() else "not listening"
