"""One event is one line with its consequences; people may know better, and nothing is hidden.

R1 --p0-- r ==v1== a --p1-- b ==v2== c --p2-- d
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from backend.core import clock
from backend.core.errors import PermissionRefused, VersionConflict
from gis.models import Network, Node
from telemetry.domain.alarms import Change
from telemetry.models import Alarm, AlarmGroup, AlarmRule
from telemetry.queries.alarms import alarm_rows
from telemetry.services.alarms import (
    acknowledge_group,
    call_again,
    change_alarm,
    close_group_of,
    group_alarm,
    ungroup_alarm,
)
from telemetry.services.alarms.transitions import follow_condition
from tests.factories import core, maintenance, telemetry

pytestmark = pytest.mark.django_db
NOW = clock.now()


@pytest.fixture
def street() -> Network:
    return maintenance.town()


def rule_at(street: Network, node: str, kind: str = "low") -> AlarmRule:
    place = Node.objects.get(network=street, code=node)
    device = telemetry.device(f"PL-{node}-{kind}", geom=place.geom)
    sensor = telemetry.sensor(device, node=place)
    if kind == "low":
        return telemetry.low_limit(sensor)
    from telemetry.services.alarms import save_rule

    return save_rule(rule=AlarmRule(sensor=sensor, code=kind, kind=kind, window_s=60))


def raise_(rule: AlarmRule, after_s: float = 0) -> Alarm:
    at: datetime = NOW + timedelta(seconds=after_s)
    alarm = follow_condition(rule=rule, change=Change(True, at, 1.0))
    assert alarm is not None
    rule.condition.save_fields(active=True)
    group_alarm(alarm.pk)
    return Alarm.objects.get(pk=alarm.pk)


def test_what_rises_on_one_segment_within_minutes_is_one_event(street: Network) -> None:
    first, second = raise_(rule_at(street, "a")), raise_(rule_at(street, "b"), 60)
    group = AlarmGroup.objects.get()
    assert group.root_id == first.pk
    assert set(group.members.values_list("pk", flat=True)) == {first.pk, second.pk}
    assert second.group_why["why"] == "same_supply"
    with translation.override("fr"):
        told = {row["id"]: row["group"] for row in alarm_rows()}
    assert told[second.pk]["root_alarm"] == first.pk
    assert "alimentation" in told[second.pk]["why"]


def test_what_rises_in_one_metered_area_or_near_by_belongs_together_too(street: Network) -> None:
    raise_(rule_at(street, "c"))
    assert raise_(rule_at(street, "d"), 30).group_why["why"] == "same_supply"
    assert raise_(rule_at(street, "b"), 60).group_why["why"] == "near"


def test_later_or_of_another_nature_it_stands_alone(street: Network) -> None:
    raise_(rule_at(street, "a"))
    raise_(rule_at(street, "b", "no_update"), 10)
    raise_(rule_at(street, "b"), 400)
    assert not AlarmGroup.objects.exists()


def test_grouping_twice_changes_nothing(street: Network) -> None:
    raise_(rule_at(street, "a"))
    alarm = raise_(rule_at(street, "b"), 60)
    version = AlarmGroup.objects.get().version
    group_alarm(alarm.pk)
    assert AlarmGroup.objects.get().version == version


def test_a_group_is_acknowledged_at_once_as_it_was_seen(street: Network) -> None:
    raise_(rule_at(street, "a"))
    raise_(rule_at(street, "b"), 60)
    group, hicham = AlarmGroup.objects.get(), maintenance.at_the_desk(core.hicham())
    with pytest.raises(VersionConflict):
        acknowledge_group(group=group, actor=hicham, version=99)
    with pytest.raises(PermissionRefused):
        acknowledge_group(group=group, actor=core.fatima())
    assert len(acknowledge_group(group=group, actor=hicham, version=group.version)) == 2
    assert set(Alarm.objects.values_list("state", flat=True)) == {"active_acknowledged"}
    assert acknowledge_group(group=group, actor=hicham) == []


def test_nobody_acknowledges_what_lies_outside_their_area(street: Network) -> None:
    raise_(rule_at(street, "b"))
    raise_(rule_at(street, "c"), 60)
    zineb = maintenance.at_the_desk(core.person("zineb", "dispatcher"), "dma-east")
    assert len(acknowledge_group(group=AlarmGroup.objects.get(), actor=zineb)) == 1


def test_a_person_takes_an_alarm_out_and_the_platform_leaves_it_out(street: Network) -> None:
    hicham = maintenance.at_the_desk(core.hicham())
    first, second, third = (
        raise_(rule_at(street, node), second) for second, node in ((0, "a"), (60, "b"), (90, "c"))
    )
    ungroup_alarm(alarm=first, actor=hicham)
    group = AlarmGroup.objects.get()
    assert group.root_id == second.pk
    assert group_alarm(first.pk) is None
    ungroup_alarm(alarm=third, actor=hicham)
    group.refresh_from_db()
    assert group.closed_at is not None
    assert not Alarm.objects.filter(group__isnull=False).exists()


def test_a_group_closes_when_all_of_it_has_ended(street: Network) -> None:
    rules = [rule_at(street, "a"), rule_at(street, "b")]
    alarms = [raise_(rule, 60 * place) for place, rule in enumerate(rules)]
    group, hicham = AlarmGroup.objects.get(), maintenance.at_the_desk(core.hicham())
    acknowledge_group(group=group, actor=hicham)
    for rule, alarm, closes in zip(rules, alarms, (False, True), strict=True):
        follow_condition(rule=rule, change=Change(False, clock.now(), 300.0))
        assert close_group_of(alarm.pk) is closes


def test_of_a_group_the_most_urgent_that_waits_calls_again_for_all(street: Network) -> None:
    first, urgent = raise_(rule_at(street, "a")), raise_(rule_at(street, "b"), 10)
    Alarm.objects.filter(pk=urgent.pk).update(priority=1)
    later = clock.now() + timedelta(minutes=20)
    assert call_again(now=later) == 1
    urgent.refresh_from_db()
    assert (urgent.calls, urgent.called_at) == (2, later)
    change_alarm(alarm=urgent, to="active_acknowledged", actor=core.salma(), version=None)
    assert call_again(now=later) == 1
    first.refresh_from_db()
    assert first.called_at == later
