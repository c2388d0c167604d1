"""Limits raise alarms, people answer them, and no restart forgets a running delay."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from backend.core import clock
from backend.core.errors import InvalidInput, TransitionForbidden, VersionConflict
from backend.core.models import OutboxEvent
from telemetry.models import Alarm, AlarmCondition, AlarmRule
from telemetry.queries.registry import load_registry
from telemetry.services.alarms import (
    change_alarm,
    end_shelvings,
    save_rule,
    suppress_alarms,
    tick_alarms,
)
from telemetry.services.ingest import ingest_messages
from tests.factories import core, telemetry
from tests.factories.telemetry import message, payload

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule() -> AlarmRule:
    return telemetry.low_limit(telemetry.logger())


def receive(at: datetime, value: float, *, received_at: datetime | None = None) -> None:
    received_at = received_at or at
    sent = message(payload(None, at, pressure_kpa=value), received_at=received_at)
    ingest_messages(messages=[sent], registry=load_registry(protocol="mqtt"), now=received_at)


def states() -> list[str]:
    return list(Alarm.objects.order_by("pk").values_list("state", flat=True))


def raised(start: datetime) -> Alarm:
    receive(start, 200)
    tick_alarms(now=start + timedelta(seconds=10))
    return Alarm.objects.get()


def test_the_alarm_is_raised_when_the_delay_ends_without_a_further_reading(rule: AlarmRule) -> None:
    start = clock.now()
    receive(start, 200)
    assert states() == []
    tick_alarms(now=start + timedelta(seconds=9.9))
    assert states() == []
    tick_alarms(now=start + timedelta(seconds=10))
    alarm = Alarm.objects.get()
    assert (alarm.state, alarm.raised_value, alarm.priority) == ("active_unacknowledged", 200, 2)
    assert alarm.raised_at == start + timedelta(seconds=10)


def test_a_running_delay_is_in_the_database_so_that_a_restart_forgets_nothing(rule: AlarmRule) -> None:
    start = clock.now()
    receive(start, 200)
    condition = AlarmCondition.objects.get()
    assert (condition.pending_since, condition.due_at) == (start, start + timedelta(seconds=10))


def test_the_change_is_published_with_the_change(rule: AlarmRule) -> None:
    alarm = raised(clock.now())
    event = OutboxEvent.objects.get(topic="telemetry.alarm_changed")
    assert (event.payload["id"], event.payload["to"]) == (alarm.pk, "active_unacknowledged")
    assert list(alarm.transitions.values_list("from_state", "to_state")) == [
        ("normal", "active_unacknowledged")
    ]


def test_it_clears_beyond_the_deadband_and_waits_for_someone_to_see_it(rule: AlarmRule) -> None:
    start = clock.now()
    raised(start)
    receive(start + timedelta(seconds=20), 260)
    tick_alarms(now=start + timedelta(seconds=100))
    assert states() == ["active_unacknowledged"]
    receive(start + timedelta(seconds=101), 266)
    tick_alarms(now=start + timedelta(seconds=131))
    assert states() == ["cleared_unacknowledged"]
    salma = core.salma()
    alarm = change_alarm(alarm=Alarm.objects.get(), to="normal", actor=salma, version=None)
    assert (alarm.state, alarm.acknowledged_by) == ("normal", salma)


def test_an_acknowledged_alarm_ends_by_itself_and_the_next_crossing_is_a_new_occurrence(
    rule: AlarmRule,
) -> None:
    start = clock.now()
    change_alarm(alarm=raised(start), to="active_acknowledged", actor=core.hicham(), version=2)
    receive(start + timedelta(seconds=20), 300)
    tick_alarms(now=start + timedelta(seconds=60))
    receive(start + timedelta(seconds=70), 100)
    tick_alarms(now=start + timedelta(seconds=90))
    assert states() == ["normal", "active_unacknowledged"]


def test_a_crossing_before_anyone_looked_reopens_the_same_occurrence(rule: AlarmRule) -> None:
    start = clock.now()
    raised(start)
    for second, value in ((20, 300), (60, 100)):
        receive(start + timedelta(seconds=second), value)
        tick_alarms(now=start + timedelta(seconds=second + 35))
    assert states() == ["active_unacknowledged"]
    assert Alarm.objects.get().transitions.count() == 3


def test_backfilled_readings_fill_the_history_and_raise_nothing(rule: AlarmRule) -> None:
    now = clock.now()
    receive(now - timedelta(minutes=11), 100, received_at=now)
    tick_alarms(now=now + timedelta(hours=1))
    assert states() == []


def test_readings_out_of_order_do_not_rewind_the_condition(rule: AlarmRule) -> None:
    now = clock.now()
    receive(now, 400)
    receive(now - timedelta(seconds=30), 100, received_at=now)
    tick_alarms(now=now + timedelta(minutes=5))
    assert states() == []


def test_bad_values_say_nothing() -> None:
    telemetry.low_limit(telemetry.logger(valid_min=0))
    start = clock.now()
    receive(start, -50)
    tick_alarms(now=start + timedelta(minutes=5))
    assert states() == []


def test_a_clock_ahead_does_not_postpone_the_alarm(rule: AlarmRule) -> None:
    now = clock.now()
    receive(now + timedelta(minutes=4), 100, received_at=now)
    tick_alarms(now=now + timedelta(seconds=10))
    assert states() == ["active_unacknowledged"]


def test_acknowledging_twice_says_what_is_allowed(rule: AlarmRule) -> None:
    alarm, hicham = raised(clock.now()), core.hicham()
    change_alarm(alarm=alarm, to="active_acknowledged", actor=hicham, version=2)
    with pytest.raises(VersionConflict) as stale:
        change_alarm(alarm=alarm, to="active_acknowledged", actor=hicham, version=2)
    assert stale.value.extra["current"] == "active_acknowledged"
    with pytest.raises(TransitionForbidden) as refused:
        change_alarm(alarm=alarm, to="active_acknowledged", actor=hicham, version=3)
    assert refused.value.extra["allowed"] == ["shelved"]


def test_a_citizen_acknowledges_nothing(rule: AlarmRule) -> None:
    with pytest.raises(TransitionForbidden):
        change_alarm(alarm=raised(clock.now()), to="active_acknowledged", actor=core.fatima(), version=2)


def test_shelving_needs_a_reason_and_an_end(rule: AlarmRule) -> None:
    alarm, salma, now = raised(clock.now()), core.salma(), clock.now()
    with pytest.raises(InvalidInput):
        change_alarm(alarm=alarm, to="shelved", actor=salma, version=2, until=now + timedelta(hours=1))
    for until in (None, now + timedelta(days=3), now - timedelta(hours=1)):
        with pytest.raises(TransitionForbidden):
            change_alarm(alarm=alarm, to="shelved", actor=salma, version=2, reason="Travaux", until=until)


def test_a_shelved_alarm_stays_silent_and_comes_back_when_its_time_is_over(rule: AlarmRule) -> None:
    now = clock.now()
    alarm = raised(now - timedelta(seconds=60))
    until = now + timedelta(hours=1)
    change_alarm(alarm=alarm, to="shelved", actor=core.salma(), version=2, reason="Travaux", until=until)
    receive(now, 300)
    tick_alarms(now=now + timedelta(minutes=2))
    receive(now + timedelta(minutes=3), 100)
    tick_alarms(now=now + timedelta(minutes=5))
    assert states() == ["shelved"]
    assert end_shelvings(now=until - timedelta(seconds=1)) == 0
    assert end_shelvings(now=until) == 1
    assert states() == ["active_unacknowledged"]
    assert alarm.transitions.get(to_state="shelved").until == until


def test_a_shelving_that_ends_over_a_calm_value_ends_the_alarm(rule: AlarmRule) -> None:
    now = clock.now()
    alarm = raised(now - timedelta(seconds=60))
    until = now + timedelta(hours=1)
    change_alarm(alarm=alarm, to="shelved", actor=core.salma(), version=2, reason="Travaux", until=until)
    receive(now, 300)
    tick_alarms(now=now + timedelta(minutes=2))
    end_shelvings(now=until)
    assert states() == ["normal"]


def test_an_alarm_of_a_rule_switched_off_clears(rule: AlarmRule) -> None:
    raised(clock.now())
    rule.active = False
    save_rule(rule=rule)
    assert states() == ["cleared_unacknowledged"]


def test_new_numbers_are_held_against_the_newest_value_at_once(rule: AlarmRule) -> None:
    start = clock.now()
    receive(start, 240)
    rule.limit = 200
    save_rule(rule=rule)
    tick_alarms(now=start + timedelta(minutes=5))
    assert states() == []
    rule.limit, rule.on_delay_s = 300, 0
    save_rule(rule=rule)
    assert states() == ["active_unacknowledged"]


def test_a_text_written_anew_leaves_a_running_delay_alone(rule: AlarmRule) -> None:
    start = clock.now()
    receive(start, 200)
    rule.response_fr = "Chercher une fuite"
    save_rule(rule=rule)
    assert AlarmCondition.objects.get().due_at == start + timedelta(seconds=10)


def test_no_alarm_clears_before_it_was_raised(rule: AlarmRule) -> None:
    start = clock.now()
    rule.off_delay_s = 0
    save_rule(rule=rule)
    alarm = raised(start)
    receive(start + timedelta(seconds=5), 300, received_at=start + timedelta(seconds=12))
    alarm.refresh_from_db()
    assert alarm.state == "cleared_unacknowledged"
    assert alarm.cleared_at == alarm.raised_at


def test_a_shelving_that_ends_during_planned_work_calls_nobody(rule: AlarmRule) -> None:
    now = clock.now()
    alarm = raised(now - timedelta(seconds=60))
    until = now + timedelta(minutes=1)
    change_alarm(alarm=alarm, to="shelved", actor=core.salma(), version=2, reason="Travaux", until=until)
    sensors, ends = ["PL-1.pressure_kpa"], now + timedelta(hours=2)
    suppress_alarms(starts=now, ends=ends, reason="Lavage", source="test", sensors=sensors)
    assert states() == ["shelved"]
    end_shelvings(now=until)
    assert states() == ["suppressed"]
