"""Planned work keeps alarms quiet, templates lay rules, and what nobody acknowledges is called again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon

from backend.core import clock
from backend.core.errors import InvalidInput, TransitionForbidden, VersionConflict
from backend.core.models import AuditEntry, Message
from gis.queries import zone_by_code
from gis.services import NewZone, add_zones
from telemetry.domain.alarms import Change
from telemetry.models import Alarm, AlarmDuty, AlarmRule, AlarmTemplate, Device, Sensor
from telemetry.queries.alarms import alarm_row, alarms_for
from telemetry.services import lift_suppression, lift_suppressions, suppress_alarms
from telemetry.services.alarms import (
    call_again,
    change_alarm,
    change_rule,
    follow_suppressions,
    follow_template_again,
    follow_templates,
    remove_rule,
    save_template,
    set_rule_aside,
)
from telemetry.services.alarms.transitions import follow_condition
from tests.factories import core, maintenance, telemetry

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def raise_(rule: AlarmRule) -> Alarm:
    alarm = follow_condition(rule=rule, change=Change(True, clock.now(), 1.0))
    assert alarm is not None
    rule.condition.save_fields(active=True)
    return alarm


def planned(**values: Any) -> Any:
    now = clock.now()
    told = {
        "starts": now,
        "ends": now + HOUR,
        "reason": "Lavage du réservoir",
        "source": "maintenance.order:7",
    }
    return suppress_alarms(**(told | values))


def state() -> str:
    return str(Alarm.objects.get().state)


def test_planned_work_takes_its_alarms_out_of_sight_and_gives_them_back_by_itself() -> None:
    rule = telemetry.low_limit(telemetry.logger())
    raise_(rule)
    work = planned(sensors=["PL-1.pressure_kpa"])
    assert state() == "suppressed"
    assert Alarm.objects.get().transitions.get(to_state="suppressed").reason == "Lavage du réservoir"
    follow_suppressions(now=work.ends_at - timedelta(seconds=1))
    assert state() == "suppressed"
    follow_suppressions(now=work.ends_at)
    assert state() == "active_unacknowledged"


def test_what_goes_wrong_during_planned_work_is_followed_in_silence() -> None:
    rule = telemetry.low_limit(telemetry.logger())
    planned(sensors=["PL-1.pressure_kpa"])
    assert raise_(rule).state == "suppressed"
    assert Alarm.objects.get().calls == 0
    rule.condition.save_fields(active=False)
    assert lift_suppressions(source="maintenance.order:7") == 1
    assert state() == "normal"


@pytest.mark.parametrize("aside", ["suppressed", "shelved", "out_of_service"])
def test_nothing_is_taken_back_into_planned_work_that_would_silence_it_again(aside: str) -> None:
    alarm, salma = raise_(telemetry.low_limit(telemetry.logger())), core.salma()
    until = clock.now() + HOUR / 2
    change_alarm(alarm=alarm, to=aside, actor=salma, version=None, reason="Essai", until=until)
    planned(sensors=["PL-1.pressure_kpa"])
    with pytest.raises(TransitionForbidden, match=r"Lavage du réservoir"):
        change_alarm(alarm=alarm, to="active_unacknowledged", actor=salma, version=None)
    follow_suppressions(now=clock.now())
    assert state() == aside
    lift_suppressions(source="maintenance.order:7")
    change_alarm(alarm=alarm, to="active_unacknowledged", actor=salma, version=None)
    follow_suppressions(now=clock.now())
    assert state() == "active_unacknowledged"


def test_what_planned_work_holds_says_so_and_offers_no_way_back() -> None:
    raise_(telemetry.low_limit(telemetry.logger()))
    work, salma = planned(sensors=["PL-1.pressure_kpa"]), maintenance.at_the_desk(core.salma())
    row = alarm_row(alarms_for(salma).get(), salma)
    assert (row["allowed"], row["suppressed_for"]) == ([], "Lavage du réservoir")
    assert row["suppressed_until"] == work.ends_at


def test_planned_work_may_mean_a_zone_and_begins_when_it_begins() -> None:
    west = MultiPolygon(Polygon.from_bbox((-2.4, 34.8, -2.2, 35.0)), srid=4326)
    add_zones(zones=[NewZone("dma-1", "dma", "Un", "واحد", west, "water", valid_from=clock.now() - HOUR)])
    raise_(telemetry.low_limit(telemetry.logger()))
    now = clock.now()
    planned(zone="dma-1", starts=now + HOUR, ends=now + 2 * HOUR)
    assert state() == "active_unacknowledged"
    follow_suppressions(now=now + HOUR)
    assert state() == "suppressed"


def test_planned_work_may_mean_elements_and_then_the_sensors_on_them() -> None:
    street = maintenance.town()
    telemetry.logger("PL-0")
    alarm = maintenance.alarm(street)
    element = (alarm.sensor.node.network.code, alarm.sensor.node.kind, alarm.sensor.node.code)
    work = planned(elements=[element])
    assert [sensor.code for sensor in work.sensors.all()] == [alarm.sensor.code]


def test_a_person_silences_only_what_lies_in_their_area_and_the_journal_says_who_did() -> None:
    street = maintenance.town()
    code = maintenance.alarm(street).sensor.code
    stranger = maintenance.at_the_desk(core.person("nour", "supervisor"), "dma-east")
    for place in ({"sensors": [code]}, {"zone": "dma-west"}):
        with pytest.raises(InvalidInput):
            planned(actor=stranger, **place)
    salma = maintenance.at_the_desk(core.salma(), "dma-west")
    lift_suppression(suppression=planned(actor=salma, sensors=[code]), actor=salma)
    told = AuditEntry.objects.filter(subject__startswith="alarm_suppression:", actor=salma)
    assert list(told.order_by("pk").values_list("action", flat=True)) == [
        "telemetry.quiet_planned",
        "telemetry.quiet_lifted",
    ]


def test_planned_work_needs_a_reason_an_end_and_a_place() -> None:
    telemetry.logger()
    mistyped = ["PL-1.pressure_kpa", "nope"]
    for wrong in ({"reason": " "}, {"ends": clock.now() - HOUR}, {"sensors": []}, {"sensors": mistyped}):
        with pytest.raises(InvalidInput):
            planned(**({"sensors": ["PL-1.pressure_kpa"]} | wrong))


def test_an_alarm_may_be_set_aside_before_anything_is_wrong() -> None:
    rule, salma = telemetry.low_limit(telemetry.logger()), core.salma()
    alarm = set_rule_aside(
        rule=rule,
        to="shelved",
        actor=salma,
        reason_code="maintenance",
        until=clock.now() + HOUR,
    )
    kept = alarm.transitions.get()
    assert (alarm.state, kept.reason_code) == ("shelved", "maintenance")
    assert kept.reason
    with pytest.raises(InvalidInput):
        set_rule_aside(rule=rule, to="shelved", actor=salma, reason_code="because")


def template(**values: Any) -> AlarmTemplate:
    numbers = {"kind": "low", "limit": 250, "priority": 2, "family": "logger", "quantity": "pressure"}
    made = AlarmTemplate(code="basse", **(numbers | values))
    save_template(template=made, actor=None)
    return made


def loggers(*codes: str) -> None:
    for code in codes:
        telemetry.sensor(telemetry.device(code, family="logger"))


def test_a_template_makes_a_rule_of_each_sensor_and_follows_what_comes_and_goes() -> None:
    loggers("PL-1", "PL-2")
    telemetry.logger("PL-9")
    template()
    assert set(AlarmRule.objects.values_list("sensor__device__code", flat=True)) == {"PL-1", "PL-2"}
    loggers("PL-3")
    Device.objects.filter(code="PL-1").update(active=False)
    done = follow_templates()
    assert (done["created"], done["switched_off"]) == (1, 1)
    assert AlarmRule.objects.filter(active=True).count() == 2
    assert follow_templates()["updated"] == 0


def test_a_template_over_a_zone_means_what_lies_in_it_whatever_its_family() -> None:
    maintenance.town()
    near, far = Point(-2.32, 34.92, srid=4326), Point(-2.31, 34.92, srid=4326)
    for code, place in (("PL-1", near), ("PL-2", far)):
        telemetry.sensor(telemetry.device(code, geom=place))
    template(family="", zone=zone_by_code("dma-west"))
    assert AlarmRule.objects.get().sensor.device.code == "PL-1"
    Sensor.objects.filter(device__code="PL-2").update(geom=near)
    assert follow_templates()["created"] == 1


def test_a_changed_limit_is_followed_but_not_by_what_was_edited_by_hand() -> None:
    loggers("PL-1", "PL-2")
    made, salma = template(), core.person("meriem", "supervisor")
    edited = AlarmRule.objects.get(sensor__device__code="PL-1")
    edited = change_rule(rule=edited, actor=salma, version=1, values={"limit": 200.0})
    done = save_template(template=made, actor=salma, version=1, values={"limit": 260.0})
    assert (done["updated"], done["kept"]) == (1, 1)
    assert sorted(AlarmRule.objects.values_list("limit", flat=True)) == [200, 260]
    with pytest.raises(VersionConflict):
        save_template(template=made, actor=salma, version=1, values={"limit": 270.0})
    edited.refresh_from_db()
    follow_template_again(rule=edited, actor=salma, version=edited.version)
    assert set(AlarmRule.objects.values_list("limit", flat=True)) == {260}


def test_a_sensor_with_a_rule_of_that_name_keeps_its_own() -> None:
    loggers("PL-1")
    own = telemetry.low_limit(telemetry.sensor_of("PL-1.pressure_kpa"), limit=100)
    AlarmRule.objects.filter(pk=own.pk).update(code="basse")
    template()
    assert AlarmRule.objects.get().limit == 100


def test_rules_that_do_not_hang_together_are_refused_by_field() -> None:
    loggers("PL-1")
    with pytest.raises(InvalidInput) as refused:
        template(kind="rate", limit=5)
    assert "window_s" in refused.value.extra["errors"]
    with pytest.raises(InvalidInput):
        template(family="")


def test_every_change_of_a_rule_by_hand_is_accounted_for_and_a_used_rule_is_only_switched_off() -> None:
    rule, salma = telemetry.low_limit(telemetry.logger()), core.salma()
    change_rule(rule=rule, actor=salma, version=1, values={"limit": 300.0})
    kept = AuditEntry.objects.get(action="telemetry.rule_changed")
    assert kept.details["limit"] == {"from": "250.0", "to": "300.0"}
    raise_(rule)
    assert remove_rule(rule=rule, actor=salma, version=2) is False
    assert not AlarmRule.objects.get().active


def test_what_nobody_acknowledges_is_called_again_then_told_to_who_is_on_duty() -> None:
    salma = core.salma()
    salma.phone = "+212600000009"
    salma.save()
    now = clock.now()
    AlarmDuty.objects.create(user=salma, starts_at=now - HOUR, ends_at=now + HOUR)
    alarm = raise_(telemetry.low_limit(telemetry.logger(), priority=1))
    assert alarm.calls == 1
    assert call_again(now=now + timedelta(seconds=110)) == 0
    assert call_again(now=now + timedelta(seconds=130)) == 1
    assert not Message.objects.exists()
    for _ in range(2):
        call_again(now=now + timedelta(seconds=310))
    alarm.refresh_from_db()
    assert (alarm.calls, alarm.escalated_at) == (3, now + timedelta(seconds=310))
    assert Message.objects.get().phone == "+212600000009"
    assert AuditEntry.objects.get(action="telemetry.alarm_escalated").details == {"told": [salma.pk]}


def test_of_those_on_duty_the_one_is_told_in_whose_area_it_is_and_all_where_it_is_in_nobodys() -> None:
    maintenance.alarm(maintenance.town())
    now = clock.now()
    people = [
        maintenance.at_the_desk(core.person(zone, "supervisor"), zone) for zone in ("dma-east", "dma-west")
    ]
    for person in people:
        AlarmDuty.objects.create(user=person, starts_at=now - HOUR, ends_at=now + HOUR)
    call_again(now=now + HOUR / 2)
    assert [one.phone for one in Message.objects.all()] == [people[1].phone]
    Alarm.objects.update(escalated_at=None)
    Sensor.objects.update(geom=None)
    call_again(now=now + HOUR / 2 + timedelta(seconds=1))
    assert Message.objects.count() == 2


def test_an_acknowledged_alarm_calls_nobody_again() -> None:
    alarm = raise_(telemetry.low_limit(telemetry.logger(), priority=1))
    change_alarm(alarm=alarm, to="active_acknowledged", actor=core.salma(), version=None)
    assert call_again(now=clock.now() + HOUR) == 0
