"""Devices and sensors, their readings, what could not be read, and alarms."""

from __future__ import annotations

from telemetry.models.alarms import Alarm, AlarmCondition, AlarmRule, AlarmTransition
from telemetry.models.devices import Device, Protocol, Quantity, Sensor
from telemetry.models.families import DeviceFamily
from telemetry.models.letters import DeadLetter, SequenceGap
from telemetry.models.readings import LatestReading, Reading, ReadingConflict

__all__ = [
    "Alarm",
    "AlarmCondition",
    "AlarmRule",
    "AlarmTransition",
    "DeadLetter",
    "Device",
    "DeviceFamily",
    "LatestReading",
    "Protocol",
    "Quantity",
    "Reading",
    "ReadingConflict",
    "Sensor",
    "SequenceGap",
]
