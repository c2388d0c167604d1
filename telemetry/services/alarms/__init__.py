"""Raise, clear, acknowledge and set aside alarms; nothing else writes their state."""

from __future__ import annotations

from telemetry.services.alarms.evaluation import evaluate_rules, tick_alarms
from telemetry.services.alarms.rules import save_rule
from telemetry.services.alarms.transitions import TOPIC, change_alarm, end_shelvings

__all__ = ["TOPIC", "change_alarm", "end_shelvings", "evaluate_rules", "save_rule", "tick_alarms"]
