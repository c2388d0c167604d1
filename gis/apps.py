from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class GisConfig(AppConfig):
    name = "gis"

    def ready(self) -> None:
        from backend.core.warming import register_warming
        from gis import receivers  # noqa: F401
        from gis.attribution import listen
        from gis.queries.topology import read_ahead

        register_warming("gis.graphs", read_ahead)
        connection_created.connect(listen, dispatch_uid="gis.attribution")
