"""Say alarms, limits and ties in the language of the moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from telemetry.domain.alarm_groups import FED_BY, FEEDS, NEAR, SAME_DEVICE, SAME_SUPPLY, SAME_ZONE
from telemetry.domain.alarm_kinds import TIMED, Kind
from telemetry.models import Alarm, AlarmSuppression
from telemetry.models.alarm_rules import RuleNumbers

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


def alarm_title(alarm: Alarm) -> str:
    """Say what is wrong in a few words."""
    return _TITLES[alarm.rule.kind]() % {"name": alarm.sensor.name}


_TITLES = {
    "high": lambda: _("%(name)s: above its limit"),
    "low": lambda: _("%(name)s: below its limit"),
    "very_high": lambda: _("%(name)s: far above its limit"),
    "very_low": lambda: _("%(name)s: far below its limit"),
    "rate": lambda: _("%(name)s: changes too fast"),
    "no_change": lambda: _("%(name)s: stands still"),
    "no_update": lambda: _("%(name)s: no longer heard"),
    "discrepancy": lambda: _("%(name)s: differs from its neighbour"),
    "expression": lambda: _("%(name)s: unusual over time"),
}


def measure_unit(rule: Any) -> str:
    """Return the unit of what a rule on a sensor measures: seconds for times, nothing for counts."""
    if rule.kind in TIMED:
        return "s"
    return "" if rule.aggregate == "count" else str(rule.sensor.unit)


def limit_text(rule: RuleNumbers, unit: str | None = None) -> str:
    """Say the limit of a rule or template in words: "above 38 m", "no value for 5 min"."""
    measured = measure_unit(rule) if unit is None else unit
    words = {
        "limit": amount(rule.limit, measured),
        "window": duration(rule.window_s or 0),
        "other": _other(rule),
        "aggregate": rule.get_aggregate_display() if rule.aggregate else "",
    }
    return _LIMITS[_wording(rule)]() % words


def _wording(rule: RuleNumbers) -> str:
    if rule.kind == Kind.EXPRESSION:
        return f"expression_{rule.op}{'_other' if rule.compares else ''}"
    if rule.kind == Kind.NO_CHANGE and not rule.limit:
        return "no_change_at_all"
    return rule.kind.removeprefix("very_")


_LIMITS = {
    "high": lambda: _("above %(limit)s"),
    "low": lambda: _("below %(limit)s"),
    "rate": lambda: _("changes by more than %(limit)s in %(window)s"),
    "no_change": lambda: _("moves by less than %(limit)s for %(window)s"),
    "no_change_at_all": lambda: _("does not move for %(window)s"),
    "no_update": lambda: _("no value for %(window)s"),
    "discrepancy": lambda: _("more than %(limit)s apart from %(other)s"),
    "expression_gt": lambda: _("%(aggregate)s over %(window)s above %(limit)s"),
    "expression_lt": lambda: _("%(aggregate)s over %(window)s below %(limit)s"),
    "expression_gt_other": lambda: _("%(aggregate)s over %(window)s more than %(limit)s above %(other)s"),
    "expression_lt_other": lambda: _("%(aggregate)s over %(window)s minus that of %(other)s below %(limit)s"),
}


def tie_text(stored: Mapping[str, Any]) -> str:
    """Say why an alarm belongs to its group."""
    if not stored:
        return ""
    words = {
        "name": stored.get("name", ""),
        "metres": number_format(stored.get("distance_m", 0), use_l10n=True),
    }
    return _TIES[stored["why"]]() % words


_TIES = {
    SAME_SUPPLY: lambda: _("on the same supply, %(name)s"),
    SAME_ZONE: lambda: _("in the same metered area, %(name)s"),
    NEAR: lambda: _("%(metres)s m away along the network from %(name)s"),
    FEEDS: lambda: _("feeds %(name)s"),
    FED_BY: lambda: _("fed by %(name)s"),
    SAME_DEVICE: lambda: _("behind the same device, %(name)s"),
}


def quiet_text(planned: AlarmSuppression) -> str:
    """Say which planned work keeps alarms quiet, until when, and what would end that."""
    until = date_format(localtime(planned.ends_at), "SHORT_DATETIME_FORMAT")
    words = {"reason": planned.reason, "until": until}
    return _("Planned work keeps this alarm quiet until %(until)s: %(reason)s. To hear it, end that.") % words


def amount(value: float, unit: str) -> str:
    """Say a number with its unit; a time in seconds as people say it."""
    if unit == "s":
        return duration(value)
    text = number_format(round(value, 3), use_l10n=True)
    if "." in f"{value}" and float(value).is_integer():
        text = number_format(int(value), use_l10n=True)
    return f"{text} {unit}".strip()


def duration(seconds: float) -> str:
    """Say a time in the largest unit that keeps it whole, or nearly."""
    if seconds < 2 * MINUTE_S and seconds % MINUTE_S:
        return _("%(n)s s") % {"n": round(seconds)}
    if seconds < 2 * HOUR_S and seconds % HOUR_S:
        return _("%(n)s min") % {"n": round(seconds / MINUTE_S)}
    if seconds < 2 * DAY_S:
        return _("%(n)s h") % {"n": number_format(round(seconds / HOUR_S, 1), use_l10n=True)}
    days = round(seconds / DAY_S)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _other(rule: RuleNumbers) -> str:
    other = getattr(rule, "other", None)
    return str(other.code) if other else str(getattr(rule, "other_key", ""))
