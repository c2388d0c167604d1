"""Modbus devices, for the page on which registers are tried."""

from __future__ import annotations

from telemetry.domain.registers import TABLES
from telemetry.models import Device, Protocol
from telemetry.models.scoping import Viewer

REGISTER_TABLES: tuple[str, ...] = TABLES


def modbus_devices(user: Viewer, *, family: str = "") -> list[tuple[str, str]]:
    """Return code and name of the active Modbus devices that a person may see, those of a family first."""
    rows = Device.objects.visible_to(user).filter(protocol=Protocol.MODBUS, active=True)
    found = sorted(rows.values_list("code", "name", "family"), key=lambda row: (row[2] != family, row[0]))
    return [(code, name or code) for code, name, _ in found]
