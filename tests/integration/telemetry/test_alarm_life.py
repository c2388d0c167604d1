"""A rule, its alarm and its silence through anything, against the real database: no restart loses a thing.

Every step starts from what is stored; a process killed before its commit leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from backend.core import clock
from backend.core.errors import ChabakaError
from backend.core.models import OutboxEvent
from telemetry import tasks
from telemetry.domain import alarm_states as states
from telemetry.domain.alarm_states import ALARM, LONGEST_SHELVING
from telemetry.models import Alarm, AlarmCondition, AlarmRule, AlarmTransition
from telemetry.queries.registry import load_registry
from telemetry.services import lift_suppressions, suppress_alarms
from telemetry.services.alarms import TOPIC, change_alarm, save_rule, set_rule_aside
from telemetry.services.ingest import ingest_messages
from tests.factories import core, telemetry
from tests.factories.plain_alarms import DAY_MIN, PlainAlarm, PlainLimit
from tests.factories.telemetry import message, payload

pytestmark = pytest.mark.django_db
SENSOR, WORK = "PL-1.pressure_kpa", "maintenance.order:7"
SILENT_MIN = 45
ROLES = ("technician", "dispatcher", "supervisor")
values = st.integers(85, 115)


class KilledError(Exception):
    """The process ended before its commit."""


class StoredAlarm(RuleBasedStateMachine):
    """A low limit and a rule on silence over one sensor."""

    clock_at: datetime

    def __init__(self) -> None:
        super().__init__()
        self.start = clock.now().replace(second=0, microsecond=0)
        type(self).clock_at = self.start
        self._transaction = transaction.atomic()
        self._transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._transaction.__exit__(None, None, None)

    @initialize(deadband=st.sampled_from([0, 10]), on=st.integers(0, 20), off=st.integers(0, 20))
    def begin(self, deadband: float, on: int, off: int) -> None:
        self.minute, self.heard, self.work_until = 0, 0, 0
        self.newest: tuple[int, float | None] = (-DAY_MIN, None)
        self.limit, self.alarm, self.silence = PlainLimit(100, deadband, on, off), PlainAlarm(), PlainAlarm()
        self.is_silent = False
        sensor = telemetry.logger()
        numbers = {"deadband": deadband, "on_delay_s": on * 60, "off_delay_s": off * 60}
        self.rules = (
            telemetry.low_limit(sensor, limit=100, **numbers),
            save_rule(rule=AlarmRule(sensor=sensor, code="no", kind="no_update", window_s=SILENT_MIN * 60)),
        )
        self.people = {role: core.person(f"{role}-1", role) for role in ROLES}

    @rule(value=values, waited=st.integers(1, 60))
    def a_value_comes(self, value: float, waited: int) -> None:
        self._pass(waited)
        self._receive(value, self.minute)
        self._heard(self.minute, value)
        self.alarm.follow(self.limit.pass_to(self.minute) + self.limit.hear(value), planned=self._planned())
        self._end_silence()

    @rule(value=values, late=st.integers(11, 50))
    def a_late_value_says_nothing_about_now(self, value: float, late: int) -> None:
        self._receive(value, self.minute - late)
        if self.minute - late > self.newest[0]:
            self._heard(self.minute - late, None)
        self.time_passes(1)

    @rule(value=values)
    def a_value_comes_again(self, value: float) -> None:
        at, held = self.newest
        if held is not None:
            self._receive(value, at)
            self.time_passes(1)

    @rule(value=values)
    def the_ingester_is_killed_before_its_commit(self, value: float) -> None:
        with self._killed():
            self._receive(value, self.minute)

    @rule(waited=st.integers(1, 2 * DAY_MIN))
    def time_passes(self, waited: int) -> None:
        self._pass(waited)
        with self._killed():
            tasks.follow_alarms()
        tasks.follow_alarms()
        planned = self._planned()
        self.alarm.follow(self.limit.pass_to(self.minute), planned=planned)
        if not self.is_silent and self.minute - self.heard > SILENT_MIN:
            self.is_silent = True
            self.silence.follow([True], planned=planned)
        self._end_silence()
        for alarm, active in ((self.alarm, self.limit.active), (self.silence, self.is_silent)):
            alarm.end_shelving(self.minute, active=active)
            alarm.follow_work(planned=planned, active=active)

    @rule(
        role=st.sampled_from(ROLES),
        which=st.sampled_from([0, 1]),
        to=st.sampled_from(sorted(ALARM.states)),
        reason=st.sampled_from(["", "Travaux"]),
        until=st.none() | st.integers(-10, 2 * DAY_MIN),
    )
    def somebody_asks(self, role: str, which: int, to: str, reason: str, until: int | None) -> None:
        end = None if until is None else self.minute + until
        alarm, active = ((self.alarm, self.limit.active), (self.silence, self.is_silent))[which]
        told = {"reason": reason, "until": end, "minute": self.minute, "planned": self._planned()}
        expected = alarm.ask(role, to, active=active, **told)
        ask = self._asking(self.rules[which], self.people[role], to, reason, end)
        with self._killed():
            ask()
        assert ask() == expected

    @rule(minutes=st.integers(1, 300))
    def work_is_planned(self, minutes: int) -> None:
        if not self._planned():
            self.work_until = self.minute + minutes
            now = clock.now()
            ends = now + timedelta(minutes=minutes)
            suppress_alarms(starts=now, ends=ends, reason="Lavage", source=WORK, sensors=[SENSOR])
            self._follow_work()

    @rule()
    def work_is_over_before_its_time(self) -> None:
        if self._planned():
            self.work_until = 0
            lift_suppressions(source=WORK)
            self._follow_work()

    @rule(on=st.integers(0, 20), limit=st.integers(90, 110))
    def the_rule_is_written_anew(self, on: int, limit: float) -> None:
        stored = AlarmRule.objects.get(pk=self.rules[0].pk)
        stored.on_delay_s, stored.limit = on * 60, limit
        save_rule(rule=stored)
        turned = self.limit.write_anew(limit, on, self.newest[1])
        self.alarm.follow(turned, planned=self._planned())

    @invariant()
    def it_is_what_an_operator_expects(self) -> None:
        expected = ((self.alarm, self.limit.active), (self.silence, self.is_silent))
        for stored, (alarm, active) in zip(self.rules, expected, strict=True):
            found = list(Alarm.objects.filter(rule=stored).exclude(state=states.NORMAL))
            assert [one.state for one in found] == [alarm.state] * (alarm.state != states.NORMAL)
            assert AlarmCondition.objects.get(rule=stored).active == active
            rows = AlarmTransition.objects.filter(subject__rule=stored).order_by("pk")
            assert list(rows.values_list("from_state", "to_state")) == alarm.journal

    @invariant()
    def the_journal_is_whole(self) -> None:
        rows = list(AlarmTransition.objects.select_related("subject", "actor").order_by("pk"))
        told = OutboxEvent.objects.filter(topic=TOPIC).values_list("payload", flat=True)
        assert sum(one["from"] != one["to"] for one in told) == len(rows)
        last: dict[int, AlarmTransition] = {}
        for row in rows:
            edge = ALARM.edge(row.from_state, row.to_state)
            assert edge is not None
            assert row.from_state == (
                last[row.subject_id].to_state if row.subject_id in last else states.NORMAL
            )
            assert row.reason or not edge.needs_reason
            if row.to_state == states.SHELVED:
                assert row.until is not None
                assert row.until <= row.recorded_at + LONGEST_SHELVING
            last[row.subject_id] = row
        for row in last.values():
            alarm = row.subject
            assert alarm.state == row.to_state
            assert (alarm.state == states.SHELVED) == (alarm.shelved_until is not None)
            assert not (alarm.raised_at and alarm.cleared_at) or alarm.raised_at <= alarm.cleared_at

    def _pass(self, minutes: int) -> None:
        self.minute += minutes
        type(self).clock_at = self._at(self.minute)

    def _at(self, minute: int) -> datetime:
        return self.start + timedelta(minutes=minute)

    def _receive(self, value: float, minute: int) -> None:
        sent = message(payload(None, self._at(minute), pressure_kpa=value), received_at=clock.now())
        ingest_messages(messages=[sent], registry=load_registry(protocol="mqtt"), now=clock.now())

    def _heard(self, at: int, value: float | None) -> None:
        if at > self.newest[0]:
            self.newest, self.heard = (at, value), self.minute

    def _end_silence(self) -> None:
        if self.is_silent and self.minute - self.heard <= SILENT_MIN:
            self.is_silent = False
            self.silence.follow([False])

    def _planned(self) -> bool:
        return self.minute < self.work_until

    def _follow_work(self) -> None:
        for alarm, active in ((self.alarm, self.limit.active), (self.silence, self.is_silent)):
            alarm.follow_work(planned=self._planned(), active=active)

    def _asking(
        self, rule: AlarmRule, actor: Any, to: str, reason: str, end: int | None
    ) -> Callable[[], bool]:
        until = None if end is None else self._at(end)

        def ask() -> bool:
            alarm = Alarm.objects.filter(rule=rule).exclude(state=states.NORMAL).first()
            told: dict[str, Any] = {"to": to, "actor": actor, "reason": reason, "until": until}
            try:
                if alarm is None:
                    set_rule_aside(rule=rule, **told)
                else:
                    change_alarm(alarm=alarm, version=alarm.version, **told)
            except ChabakaError:
                return False
            return True

        return ask

    @contextmanager
    def _killed(self) -> Iterator[None]:
        with suppress(KilledError), transaction.atomic():
            yield
            raise KilledError


@pytest.mark.long
@pytest.mark.timeout(600)
def test_whatever_happens_the_alarm_is_what_an_operator_expects_and_the_journal_is_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    StoredAlarm.clock_at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: StoredAlarm.clock_at)
    bounds = settings(
        max_examples=40,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
    )
    run_state_machine_as_test(StoredAlarm, settings=bounds)
