"""Rules, templates, planned quiet, figures and the journal over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from backend.core import clock
from telemetry.domain.alarms import Change
from telemetry.models import Alarm, AlarmRule
from telemetry.services.alarms import change_alarm
from telemetry.services.alarms.transitions import follow_condition
from tests.factories import core, maintenance, telemetry

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def supervisor() -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(maintenance.at_the_desk(core.salma()))
    return client


@pytest.fixture
def rule() -> AlarmRule:
    return telemetry.low_limit(telemetry.logger())


def raise_(rule: AlarmRule) -> Alarm:
    alarm = follow_condition(rule=rule, change=Change(True, clock.now(), 1.0))
    assert alarm is not None
    rule.condition.save_fields(active=True)
    return alarm


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    return getattr(client, method)(API + path, body or {}, content_type="application/json")


def test_a_rule_is_made_changed_as_it_was_seen_and_removed(supervisor: Client) -> None:
    telemetry.logger()
    body = {"sensor": "PL-1.pressure_kpa", "code": "fast", "kind": "rate", "limit": 40, "window_s": 600}
    made = send(supervisor, "post", "alarm-rules/", body)
    assert made.status_code == 201
    path = f"alarm-rules/{made.json()['id']}/"
    assert send(supervisor, "patch", path, {"limit": 50}).status_code == 400
    assert send(supervisor, "patch", path, {"limit": 50, "version": 9}).json()["code"] == "version_conflict"
    changed = send(supervisor, "patch", path, {"limit": 50, "version": 1}).json()
    assert (changed["limit"], changed["version"]) == (50, 2)
    assert send(supervisor, "patch", path, {"window_s": None, "version": 2}).status_code == 400
    assert send(supervisor, "delete", path, {"version": 2}).status_code == 204
    assert not AlarmRule.objects.exists()


def test_a_rule_on_a_sensor_out_of_sight_is_not_made() -> None:
    telemetry.logger()
    maintenance.town()
    client = Client()
    client.force_login(maintenance.at_the_desk(core.salma(), "dma-east"))
    body = {"sensor": "PL-1.pressure_kpa", "code": "low", "kind": "low", "limit": 1}
    assert "sensor" in send(client, "post", "alarm-rules/", body).json()["errors"]


def test_a_template_lays_its_rules_and_follows_a_change(supervisor: Client) -> None:
    telemetry.sensor(telemetry.device("PL-1", family="logger"))
    body = {"code": "silence", "kind": "no_update", "window_s": 600, "family": "logger"}
    made = send(supervisor, "post", "alarm-templates/", body)
    assert made.status_code == 201
    path = f"alarm-templates/{made.json()['id']}/"
    assert send(supervisor, "patch", path, {"window_s": 900, "version": 1}).json()["version"] == 2
    listed = supervisor.get(API + "alarm-rules/?template=silence").json()["results"]
    assert [(rule["code"], rule["window_s"]) for rule in listed] == [("silence", 900)]


def test_planned_quiet_is_asked_for_and_lifted(supervisor: Client, rule: AlarmRule) -> None:
    raise_(rule)
    now = clock.now()
    body = {"starts": now.isoformat(), "ends": (now + timedelta(hours=1)).isoformat(), "reason": "Vidange"}
    assert send(supervisor, "post", "alarm-suppressions/", body).status_code == 400
    made = send(supervisor, "post", "alarm-suppressions/", body | {"sensors": ["PL-1.pressure_kpa"]})
    assert made.status_code == 201
    assert Alarm.objects.get().state == "suppressed"
    assert len(supervisor.get(API + "alarm-suppressions/").json()["results"]) == 1
    assert send(supervisor, "delete", f"alarm-suppressions/{made.json()['id']}/").status_code == 204
    assert Alarm.objects.get().state == "active_unacknowledged"


def test_an_alarm_may_be_set_aside_from_its_rule(supervisor: Client, rule: AlarmRule) -> None:
    until = (clock.now() + timedelta(hours=1)).isoformat()
    body = {"to": "shelved", "reason_code": "test", "until": until}
    row = send(supervisor, "post", f"alarm-rules/{rule.pk}/aside/", body).json()
    assert row["state"] == "shelved"
    assert "test" in {one["code"] for one in supervisor.get(API + "alarm-reasons/").json()["results"]}


def test_the_journal_is_read_and_taken_away_without_anything_a_spreadsheet_would_run(
    supervisor: Client, rule: AlarmRule
) -> None:
    alarm = raise_(rule)
    until = clock.now() + timedelta(hours=1)
    salma = core.person("meriem", "supervisor")
    change_alarm(alarm=alarm, to="shelved", actor=salma, version=None, reason="=HYPERLINK(1)", until=until)
    rows = supervisor.get(API + "alarm-journal/?priority=2").json()["results"]
    assert [row["to_state"] for row in rows] == ["shelved", "active_unacknowledged"]
    assert supervisor.get(API + "alarm-journal/?priority=1").json()["results"] == []
    assert supervisor.get(API + "alarm-journal/?nope=1").status_code == 400
    answer = supervisor.get(API + "alarm-journal.csv?state=shelved")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert len(text.splitlines()) == 2
    assert ",'=HYPERLINK(1)," in text


def test_figures_say_how_well_the_alarms_serve(supervisor: Client, rule: AlarmRule) -> None:
    alarm = raise_(rule)
    change_alarm(alarm=alarm, to="active_acknowledged", actor=core.hicham(), version=None)
    told = supervisor.get(API + "alarm-figures/?days=7").json()
    assert (told["raised"], told["standing"], len(told["days"])) == (1, 1, 8)
    assert told["shares"]["2"] == 1
    assert told["waits"]["2"]["count"] == 1
    assert told["rates"]["acceptable_share"] == 1
    assert (told["ten_minutes"]["worst"], told["frequent_share"]) == (1, 1)
    assert supervisor.get(API + "alarm-figures/?days=1000").status_code == 400


def test_the_list_of_alarms_is_narrowed_by_class_zone_and_group(supervisor: Client, rule: AlarmRule) -> None:
    raise_(rule)
    for query, count in (("class=supply", 1), ("class=safety", 0), ("zone=nowhere", 0), ("group=1", 0)):
        assert len(supervisor.get(f"{API}alarms/?{query}").json()["features"]) == count
    assert supervisor.get(f"{API}alarms/?class=nope").status_code == 400
