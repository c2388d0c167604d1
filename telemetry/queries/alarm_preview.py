"""What a rule, written or only thought of, would have done in the last days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from telemetry.domain.alarm_preview import measured, replay, thinned
from telemetry.domain.alarms import Change, Sample
from telemetry.models import AlarmRule
from telemetry.queries.rule_history import history

MOST_VALUES = 60_000
POINTS = 400


@dataclass(frozen=True, slots=True)
class Preview:
    """Hold what was measured from `start` to `end`, thinned, and what the rule would have said of it.

    `start` lies later than asked where a sensor measures so often that its days would not fit.
    """

    start: datetime
    end: datetime
    values: int
    points: list[Sample]
    changes: list[Change]

    @property
    def raised(self) -> int:
        """How many alarms the rule would have raised."""
        return sum(change.active for change in self.changes)

    @property
    def spans(self) -> list[tuple[datetime, datetime]]:
        """When the rule would have been active."""
        found: list[tuple[datetime, datetime]] = []
        since: datetime | None = None
        for change in self.changes:
            if change.active:
                since = change.at
            elif since is not None:
                found.append((since, change.at))
                since = None
        return [*found, (since, self.end)] if since is not None else found


def preview_rule(rule: AlarmRule, *, now: datetime, days: int = 7) -> Preview:
    """Replay the last days of a rule's sensor through the rule; nothing is written."""
    span = timedelta(days=days)
    if rule.sensor.expected_interval_s > 0:
        span = min(span, timedelta(seconds=MOST_VALUES * rule.sensor.expected_interval_s))
    start = now - span
    asked = [(rule.sensor_id, start, now)]
    if rule.other_id:
        asked.append((rule.other_id, start, now))
    past = history(asked)
    mine, others = past[rule.sensor_id][-MOST_VALUES:], past[rule.other_id or 0][-MOST_VALUES:]
    measures = measured(rule.spec, mine, others, now=now)
    return Preview(start, now, len(mine), thinned(measures, POINTS), replay(rule.spec, measures, now=now))
