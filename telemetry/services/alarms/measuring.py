"""Turn readings into what rules watch: one row of measures for each rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from telemetry.domain.alarm_kinds import Kind, differences, greatest_changes
from telemetry.domain.alarms import Sample
from telemetry.domain.quality import TRUSTED
from telemetry.models import AlarmCondition, AlarmRule, LatestReading
from telemetry.queries.rule_history import history
from telemetry.services.readings import Row

Samples = Mapping[int, Sequence[Sample]]


class Measures:
    """Measure a batch for the rules that want a closer look."""

    def __init__(self, rows: Iterable[Row], sensor_ids: Collection[int]) -> None:
        self._latest = {
            row.sensor_id: row for row in LatestReading.objects.filter(sensor_id__in=list(sensor_ids))
        }
        self._new = self._newer(rows)
        self._history: Samples = {}

    def load_history(self, rules: Iterable[AlarmRule]) -> None:
        """Read what came before, as far back as the rules on fast changes look."""
        asked = [
            (
                rule.sensor_id,
                self._new[rule.sensor_id][0].at - rule.spec.window,
                self._new[rule.sensor_id][-1].at,
            )
            for rule in rules
            if rule.kind == Kind.RATE and rule.sensor_id in self._new
        ]
        self._history = history(asked)

    def of(self, rule: AlarmRule, condition: AlarmCondition) -> list[Sample]:
        """Return the measures that a rule takes of the batch."""
        new = self._new.get(rule.sensor_id, [])
        if rule.kind == Kind.RATE:
            return self._changes(rule, new)
        if rule.kind == Kind.DISCREPANCY:
            others = self._new.get(rule.other_id or 0, [])
            mine, other = self._before(rule.sensor_id), self._before(rule.other_id or 0)
            return list(differences(new, others, last_mine=mine, last_other=other))
        if rule.kind == Kind.NO_UPDATE:
            return [Sample(new[-1].at, 0.0)] if new else []
        if rule.kind == Kind.NO_CHANGE:
            held = condition.reference
            moved = [one for one in new if held is None or abs(one.value - held) > rule.limit]
            return [Sample(one.at, 0.0) for one in moved]
        return [] if rule.kind == Kind.EXPRESSION else list(new)

    def _changes(self, rule: AlarmRule, new: Sequence[Sample]) -> list[Sample]:
        if not new:
            return []
        window = rule.spec.window
        before = [s for s in self._history.get(rule.sensor_id, ()) if new[0].at - window <= s.at < new[0].at]
        return list(greatest_changes(before, new, window))

    def _before(self, sensor_id: int) -> Sample | None:
        row = self._latest.get(sensor_id)
        if row is None or row.value is None or row.quality not in TRUSTED:
            return None
        return Sample(min(row.at, row.received_at), row.value)

    def _newer(self, rows: Iterable[Row]) -> dict[int, list[Sample]]:
        samples: dict[int, list[Sample]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: row.at):
            latest = self._latest.get(row.sensor_id)
            if latest is None or row.at > latest.at:
                # A device clock slightly ahead must not postpone the alarm.
                samples[row.sensor_id].append(Sample(min(row.at, row.received_at), row.value or 0.0))
        return samples
