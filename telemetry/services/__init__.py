"""The only writers of devices, readings and alarms."""

from __future__ import annotations

from telemetry.services.alarms import (
    change_alarm,
    lift_suppression,
    lift_suppressions,
    save_rule,
    suppress_alarms,
)
from telemetry.services.families import change_device_family, save_family
from telemetry.services.importing import ImportReport, import_devices
from telemetry.services.partitions import create_partitions_ahead
from telemetry.services.readings import Row, Stored, store_readings

__all__ = [
    "ImportReport",
    "Row",
    "Stored",
    "change_alarm",
    "change_device_family",
    "create_partitions_ahead",
    "import_devices",
    "lift_suppression",
    "lift_suppressions",
    "save_family",
    "save_rule",
    "store_readings",
    "suppress_alarms",
]
