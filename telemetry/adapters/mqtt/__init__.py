"""The broker, over MQTT 5. Only this folder knows paho."""

from __future__ import annotations

from telemetry.adapters.mqtt.source import MqttSource, Subscription

__all__ = ["MqttSource", "Subscription"]
