from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

ROLLUPS_LATE_S = 300.0


class TelemetryConfig(AppConfig):
    name = "telemetry"
    verbose_name = _("Telemetry")

    def ready(self) -> None:
        from backend.core.health import register_check
        from backend.core.metrics import register_collector
        from gis.queries.search import register_search
        from telemetry import collectors, receivers  # noqa: F401
        from telemetry.queries.search import search_devices, search_sensors
        from telemetry.services.alarms import escalation

        register_collector("telemetry_processes", collectors.processes)
        register_collector("telemetry_quality", collectors.quality)
        register_collector("telemetry_devices", collectors.devices)
        register_collector("telemetry_storage", collectors.storage)
        register_search("devices", search_devices)
        register_search("sensors", search_sensors)
        escalation.register()
        register_check("ingest", _ingest, informational=True)
        register_check("partitions", _partitions, informational=True)
        register_check("rollups", _rollups, informational=True)


def _ingest() -> str | None:
    """Tell whether the ingester listens to the broker. Pages and lists work without it."""
    from telemetry.queries.health import is_ingest_alive

    return None if is_ingest_alive() else "not listening"


def _partitions() -> str | None:
    """Tell whether readings go where they belong: `manage.py partitions --repair` mends it."""
    from telemetry.queries.partitions import partition_warning

    return partition_warning()


def _rollups() -> str | None:
    """Tell whether the worker folds what comes in."""
    from telemetry.queries.storage import backlog

    _, lag_s = backlog()["rollup_lag_s"]
    return f"{lag_s:.0f} s behind" if lag_s > ROLLUPS_LATE_S else None
