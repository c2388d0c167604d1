"""Listen to Sparkplug edge nodes, store what they say, and take unknown ones in."""

from __future__ import annotations

from telemetry.services.sparkplug.adoption import NewDevice, NewSensor, adopt_edge, decline_edge
from telemetry.services.sparkplug.host import SparkplugHost

__all__ = ["NewDevice", "NewSensor", "SparkplugHost", "adopt_edge", "decline_edge"]
