"""Raise, clear, acknowledge, group and set aside alarms; nothing else writes their state."""

from __future__ import annotations

from telemetry.services.alarms.duties import SUBJECT as DUTIES
from telemetry.services.alarms.duties import end_duty, save_duty
from telemetry.services.alarms.escalation import call_again, save_escalations
from telemetry.services.alarms.evaluation import evaluate_rules, tick_alarms
from telemetry.services.alarms.groups import acknowledge_group, close_group_of, group_alarm, ungroup_alarm
from telemetry.services.alarms.rules import (
    change_rule,
    create_rule,
    follow_template_again,
    remove_rule,
    save_rule,
)
from telemetry.services.alarms.suppression import (
    follow_suppressions,
    lift_suppression,
    lift_suppressions,
    suppress_alarms,
)
from telemetry.services.alarms.templates import follow_templates, save_template
from telemetry.services.alarms.transitions import TOPIC, change_alarm, end_shelvings, set_rule_aside
from telemetry.services.alarms.turned_off import follow_turned_off

__all__ = [
    "DUTIES",
    "TOPIC",
    "acknowledge_group",
    "call_again",
    "change_alarm",
    "change_rule",
    "close_group_of",
    "create_rule",
    "end_duty",
    "end_shelvings",
    "evaluate_rules",
    "follow_suppressions",
    "follow_template_again",
    "follow_templates",
    "follow_turned_off",
    "group_alarm",
    "lift_suppression",
    "lift_suppressions",
    "remove_rule",
    "save_duty",
    "save_escalations",
    "save_rule",
    "save_template",
    "set_rule_aside",
    "suppress_alarms",
    "tick_alarms",
    "ungroup_alarm",
]
