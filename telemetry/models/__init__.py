"""Devices and sensors, their readings, what could not be read, and alarms."""

from __future__ import annotations

from telemetry.models.alarm_rules import AlarmClass, AlarmCondition, AlarmKind, AlarmRule, AlarmTemplate
from telemetry.models.alarms import (
    Alarm,
    AlarmDuty,
    AlarmEscalation,
    AlarmGroup,
    AlarmState,
    AlarmSuppression,
    AlarmTransition,
    ReasonCode,
)
from telemetry.models.devices import Device, Protocol, Quantity, Sensor
from telemetry.models.families import DeviceFamily
from telemetry.models.letters import DeadLetter, SequenceGap
from telemetry.models.quarantine import QuarantinedReading, QuarantineState
from telemetry.models.readings import LatestReading, Reading, ReadingConflict
from telemetry.models.sparkplug import SparkplugEdge, SparkplugMetric
from telemetry.models.storage import (
    DayRollup,
    HourRollup,
    MinuteRollup,
    QuarterRollup,
    RetentionRun,
    Rollup,
    RollupDirt,
    StoragePolicy,
)

__all__ = [
    "Alarm",
    "AlarmClass",
    "AlarmCondition",
    "AlarmDuty",
    "AlarmEscalation",
    "AlarmGroup",
    "AlarmKind",
    "AlarmRule",
    "AlarmState",
    "AlarmSuppression",
    "AlarmTemplate",
    "AlarmTransition",
    "DayRollup",
    "DeadLetter",
    "Device",
    "DeviceFamily",
    "HourRollup",
    "LatestReading",
    "MinuteRollup",
    "Protocol",
    "Quantity",
    "QuarantineState",
    "QuarantinedReading",
    "QuarterRollup",
    "Reading",
    "ReadingConflict",
    "ReasonCode",
    "RetentionRun",
    "Rollup",
    "RollupDirt",
    "Sensor",
    "SequenceGap",
    "SparkplugEdge",
    "SparkplugMetric",
    "StoragePolicy",
]
