"""The broker, over MQTT 5 or 3.1.1. Only this folder knows paho."""

from __future__ import annotations

from telemetry.adapters.mqtt.listening import listen_once
from telemetry.adapters.mqtt.source import MqttSource, Subscription
from telemetry.adapters.mqtt.sparkplug import SparkplugLink

__all__ = ["MqttSource", "SparkplugLink", "Subscription", "listen_once"]
