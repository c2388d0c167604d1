"""The only readers of telemetry for the apps above."""

from __future__ import annotations

from telemetry.queries.alarms import AlarmFact, active_alarms, alarm_facts, alarm_row, alarm_rows, alarms_for
from telemetry.queries.readings import readings
from telemetry.queries.registers import registers_between, registers_since, sensor_ids_by_code
from telemetry.queries.sensors import (
    LatestValue,
    latest_for,
    latest_values,
    sensor_row,
    sensors_for,
    visible_sensor_ids,
)

__all__ = [
    "AlarmFact",
    "LatestValue",
    "active_alarms",
    "alarm_facts",
    "alarm_row",
    "alarm_rows",
    "alarms_for",
    "latest_for",
    "latest_values",
    "readings",
    "registers_between",
    "registers_since",
    "sensor_ids_by_code",
    "sensor_row",
    "sensors_for",
    "visible_sensor_ids",
]
