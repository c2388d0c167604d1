"""Ask Modbus devices for their values, each in its rhythm, and store what they say."""

from __future__ import annotations

from telemetry.services.polling.poller import Poller

__all__ = ["Poller"]
