"""Each kind of rule raises and clears, by readings or by time passing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.core import clock
from telemetry.models import Alarm, AlarmCondition, AlarmRule, Device, Sensor
from telemetry.queries.registry import load_registry
from telemetry.services.alarms import follow_turned_off, save_rule, tick_alarms
from telemetry.services.ingest import ingest_messages
from tests.factories import telemetry
from tests.factories.telemetry import message, payload

pytestmark = pytest.mark.django_db
NOW = clock.now().replace(microsecond=0)


def rule_on(sensor: Sensor, kind: str, **numbers: Any) -> AlarmRule:
    rule = save_rule(rule=AlarmRule(sensor=sensor, code=kind, kind=kind, **numbers))
    made = AlarmCondition.objects.filter(rule=rule)
    made.update(since=NOW)
    made.filter(check_at__isnull=False).update(check_at=NOW)
    return rule


def receive(second: float, value: float, *, device: str = "PL-1") -> None:
    at = NOW + timedelta(seconds=second)
    sent = message(payload(None, at, pressure_kpa=value), topic=f"telemetry/{device}", received_at=at)
    ingest_messages(messages=[sent], registry=load_registry(protocol="mqtt"), now=at)


def pass_to(second: float) -> datetime:
    at = NOW + timedelta(seconds=second)
    tick_alarms(now=at)
    return at


def states() -> list[str]:
    return list(Alarm.objects.order_by("pk").values_list("state", flat=True))


def test_a_fast_change_is_raised_across_batches_and_ends_when_it_is_calm() -> None:
    rule_on(telemetry.logger(), "rate", limit=50, window_s=300)
    for second, value in ((0, 400), (60, 380), (120, 345)):
        receive(second, value)
    assert states() == ["active_unacknowledged"]
    assert Alarm.objects.get().raised_value == 55
    receive(480, 344)
    assert states() == ["cleared_unacknowledged"]


def test_a_sensor_that_falls_silent_is_raised_by_the_clock_and_ends_with_its_next_word() -> None:
    rule_on(telemetry.logger(), "no_update", window_s=300)
    receive(10, 400)
    pass_to(11)
    pass_to(310)
    assert states() == []
    pass_to(312)
    assert states() == ["active_unacknowledged"]
    receive(400, 400)
    assert states() == ["cleared_unacknowledged"]


def test_a_sensor_never_heard_is_silent_since_its_rule_was_made() -> None:
    rule_on(telemetry.logger(), "no_update", window_s=300)
    pass_to(1)
    pass_to(400)
    assert states() == ["active_unacknowledged"]


def test_a_value_that_stands_still_is_raised_and_ends_when_it_moves() -> None:
    rule_on(telemetry.logger(), "no_change", limit=0.5, window_s=120)
    for second in range(0, 181, 30):
        receive(second, 400 + 0.1 * (second % 60 == 0))
    pass_to(181)
    assert states() == ["active_unacknowledged"]
    receive(210, 400.2)
    assert states() == ["active_unacknowledged"]
    receive(240, 402)
    assert states() == ["cleared_unacknowledged"]


def test_two_sensors_that_differ_raise_whichever_speaks() -> None:
    mine, other = telemetry.logger("PL-1"), telemetry.logger("PL-2")
    rule_on(mine, "discrepancy", limit=20, other=other)
    receive(0, 400)
    receive(1, 390, device="PL-2")
    assert states() == []
    receive(2, 370, device="PL-2")
    assert states() == ["active_unacknowledged"]
    receive(3, 375)
    assert states() == ["cleared_unacknowledged"]


def test_a_mean_over_a_window_is_judged_as_time_passes() -> None:
    rule_on(telemetry.logger(), "expression", limit=300, window_s=600, aggregate="mean", op="lt")
    for second, value in ((0, 400), (60, 250), (120, 240)):
        receive(second, value)
    pass_to(121)
    assert states() == ["active_unacknowledged"]
    receive(180, 900)
    pass_to(241)
    assert states() == ["cleared_unacknowledged"]


def test_a_window_may_be_compared_with_that_of_another_sensor() -> None:
    mine, other = telemetry.logger("PL-1"), telemetry.logger("PL-2")
    rule_on(mine, "expression", limit=100, window_s=600, aggregate="max", op="gt", other=other)
    receive(0, 420)
    pass_to(1)
    assert states() == []
    receive(2, 300, device="PL-2")
    pass_to(30)
    assert states() == ["active_unacknowledged"]


def test_a_calm_value_reads_no_condition(django_assert_max_num_queries: Any) -> None:
    sensor = telemetry.logger()
    rule_on(sensor, "high", limit=900)
    receive(0, 400)
    registry = load_registry(protocol="mqtt")
    at = NOW + timedelta(seconds=5)
    sent = message(payload(None, at, pressure_kpa=401), received_at=at)
    with django_assert_max_num_queries(40) as seen:
        ingest_messages(messages=[sent], registry=registry, now=at)
    judged = [query["sql"] for query in seen if "alarm" in query["sql"]]
    assert len(judged) == 1
    assert "FOR UPDATE" not in judged[0]


def test_a_rule_that_watches_something_else_from_now_on_clears_what_it_said() -> None:
    rule = rule_on(telemetry.logger(), "low", limit=250)
    receive(0, 200)
    assert states() == ["active_unacknowledged"]
    rule.kind, rule.window_s = "no_update", 600
    save_rule(rule=rule)
    assert states() == ["cleared_unacknowledged"]


def test_nobody_is_called_for_what_was_turned_off_and_it_is_watched_again_once_it_is_back() -> None:
    sensor = telemetry.logger()
    rule_on(sensor, "low", limit=250)
    rule_on(sensor, "no_update", window_s=300)
    receive(0, 200)
    Device.objects.update(active=False)
    follow_turned_off(now=pass_to(1))
    assert states() == ["cleared_unacknowledged"]
    pass_to(4000)
    assert follow_turned_off(now=NOW + timedelta(seconds=4000)) == 0
    assert states() == ["cleared_unacknowledged"]
    Device.objects.update(active=True)
    follow_turned_off(now=NOW + timedelta(seconds=4001))
    pass_to(4001)
    assert states() == ["cleared_unacknowledged", "active_unacknowledged"]


def test_two_sensors_are_not_compared_while_one_is_turned_off() -> None:
    mine, other = telemetry.logger("PL-1"), telemetry.logger("PL-2")
    rule_on(mine, "discrepancy", limit=20, other=other)
    receive(0, 400)
    receive(1, 300, device="PL-2")
    assert states() == ["active_unacknowledged"]
    Sensor.objects.filter(pk=other.pk).update(active=False)
    assert follow_turned_off(now=pass_to(5)) == 1
    assert states() == ["cleared_unacknowledged"]
