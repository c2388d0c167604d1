"""Modbus devices, for the page on which registers are tried."""

from __future__ import annotations

from telemetry.domain.registers import TABLES
from telemetry.models import Device, Protocol
from telemetry.models.scoping import Viewer

REGISTER_TABLES: tuple[str, ...] = TABLES


def modbus_devices(user: Viewer) -> list[tuple[str, str]]:
    """Return code and name of the active Modbus devices that a person may see."""
    rows = Device.objects.visible_to(user).filter(protocol=Protocol.MODBUS, active=True)
    return [(code, name or code) for code, name in rows.order_by("code").values_list("code", "name")]
