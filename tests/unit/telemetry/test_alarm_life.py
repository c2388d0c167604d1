"""Whatever happens to an alarm, in whatever order: it stays in its table, and storage is all it needs."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from telemetry.domain import alarm_states as states
from telemetry.domain.alarm_states import ALARM, after_condition, is_shelving_bounded, returned
from telemetry.domain.alarms import Change, Condition, Limit, Sample, run
from tests.factories.plain_alarms import DAY_MIN, PlainAlarm, PlainLimit

START = datetime(2026, 3, 1, tzinfo=UTC)
ROLES = ("citizen", "technician", "dispatcher", "supervisor", "administrator")
minutes = st.integers(0, 90)


class AlarmLife(RuleBasedStateMachine):
    """One rule and its alarm, with nothing kept between two steps but what was written down."""

    @initialize(deadband=st.sampled_from([0, 10]), on=st.integers(0, 40), off=st.integers(0, 40))
    def begin(self, deadband: float, on: int, off: int) -> None:
        delays = timedelta(minutes=on), timedelta(minutes=off)
        self.limit = Limit("low", 100, deadband, *delays)
        self.expected, self.alarm = PlainLimit(100, deadband, on, off), PlainAlarm()
        self.minute, self.journal = 0, list[tuple[str, str]]()
        self.written = self._dump(Condition(), "normal", None)

    @rule(value=st.integers(85, 115), waited=minutes)
    def a_value_comes(self, value: float, waited: int) -> None:
        self._advance(waited, [value])
        self.alarm.follow(self.expected.pass_to(self.minute) + self.expected.hear(value))

    @rule(value=st.integers(85, 115))
    def it_is_killed_before_it_has_written(self, value: float) -> None:
        before = self.written, list(self.journal)
        self._advance(0, [value])
        self.written, self.journal = before

    @rule(waited=st.integers(1, 2 * DAY_MIN))
    def time_passes(self, waited: int) -> None:
        self._advance(waited, [])
        self.alarm.follow(self.expected.pass_to(self.minute))
        condition, state, until = self._load()
        if state == states.SHELVED and until is not None and until <= self._now():
            self._write(condition, returned(active=condition.active), None)
        self.alarm.end_shelving(self.minute, active=self.expected.active)

    @rule(
        role=st.sampled_from(ROLES),
        to=st.sampled_from(sorted(ALARM.states)),
        reason=st.sampled_from(["", "Travaux"]),
        until=st.none() | st.integers(-10, 2 * DAY_MIN),
    )
    def somebody_asks(self, role: str, to: str, reason: str, until: int | None) -> None:
        end = None if until is None else self.minute + until
        expected = self.alarm.ask(
            role, to, reason=reason, until=end, minute=self.minute, active=self.expected.active
        )
        assert self._ask(role, to, reason, end) == expected

    @invariant()
    def it_is_what_an_operator_expects(self) -> None:
        condition, state, until = self._load()
        assert (condition.active, state) == (self.expected.active, self.alarm.state)
        assert self.journal == self.alarm.journal
        assert (state == states.SHELVED) == (until is not None)

    @invariant()
    def every_change_is_in_the_table(self) -> None:
        assert all(ALARM.edge(before, after) for before, after in self.journal)

    def _advance(self, waited: int, values: list[float]) -> None:
        self.minute += waited
        condition, state, until = self._load()
        samples = [Sample(self._now(), value) for value in values]
        condition, changes = run(self.limit, condition, samples, now=self._now())
        self._write(condition, state, until)
        for change in changes:
            self._follow(change)

    def _follow(self, change: Change) -> None:
        condition, state, until = self._load()
        if to := after_condition(state, active=change.active):
            self._write(condition, to, until)

    def _ask(self, role: str, to: str, reason: str, until: int | None) -> bool:
        condition, state, _ = self._load()
        edge, end = ALARM.edge(state, to), None if until is None else START + timedelta(minutes=until)
        unmet = states.CONDITION_CLEARED if condition.active else states.CONDITION_ACTIVE
        if edge is None or role not in edge.roles or (edge.needs_reason and not reason):
            return False
        bounded = states.SHELVING_BOUNDED not in edge.guards or is_shelving_bounded(end, now=self._now())
        if unmet in edge.guards or not bounded:
            return False
        self._write(condition, to, end if to == states.SHELVED else None)
        return True

    def _now(self) -> datetime:
        return START + timedelta(minutes=self.minute)

    def _write(self, condition: Condition, state: str, until: datetime | None) -> None:
        before = self._load()[1]
        if before != state:
            self.journal.append((before, state))
        self.written = self._dump(condition, state, until)

    def _dump(self, condition: Condition, state: str, until: datetime | None) -> str:
        return json.dumps({"condition": asdict(condition), "state": state, "until": until}, default=str)

    def _load(self) -> tuple[Condition, str, datetime | None]:
        read: dict[str, Any] = json.loads(self.written)
        pending, until = read["condition"]["pending_since"], read["until"]
        condition = Condition(
            read["condition"]["active"],
            datetime.fromisoformat(pending) if pending else None,
            read["condition"]["value"],
        )
        return condition, read["state"], datetime.fromisoformat(until) if until else None


def test_no_path_leaves_the_table_and_nothing_is_lost_between_one_step_and_the_next() -> None:
    bounds = settings(max_examples=40, stateful_step_count=30, derandomize=True, deadline=None, database=None)
    run_state_machine_as_test(AlarmLife, settings=bounds)
