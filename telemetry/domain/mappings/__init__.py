"""How the MQTT messages of a device family are read: topic, JSON paths, times, units, quality."""

from __future__ import annotations

from telemetry.domain.mappings.reading import Found, MessageMapping, in_sensor_units
from telemetry.domain.mappings.spec import OWN_TOPIC, MappingSpec
from telemetry.domain.mappings.topics import Place, TopicPattern

__all__ = [
    "OWN_TOPIC",
    "Found",
    "MappingSpec",
    "MessageMapping",
    "Place",
    "TopicPattern",
    "in_sensor_units",
]
