"""Tell the ingesters and pollers that devices, sensors or families changed."""

from __future__ import annotations

from django.db import connection

DEVICES_CHANNEL = "chabaka_devices"


def tell_devices_changed() -> None:
    """Notify whoever holds a registry, once the caller's transaction is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [DEVICES_CHANNEL])
